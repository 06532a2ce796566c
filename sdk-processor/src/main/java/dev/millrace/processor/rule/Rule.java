package dev.millrace.processor.rule;

import dev.millrace.processor.report.Report;

/** One law that workflows keep. */
@FunctionalInterface
public interface Rule {

    /** Adds what breaks the law to the report. */
    void check(Subject subject, Report report);
}
