package dev.millrace.bench;

import dev.millrace.bench.processes.BenchException;
import dev.millrace.bench.processes.Scene;
import dev.millrace.bench.trials.Findings;
import java.io.PrintStream;
import java.util.List;

/** {@code bench throughput|latency|chain|fanout|enqueue|recovery|backlog|sleeping|idle|events|schedules|fairness|tenants|limits|durable|soak}: measures Millrace on this machine and prints what it found. */
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    private Main() {}

    public static void main(String[] words) {
        System.exit(run(List.of(words), System.out, System.err));
    }

    /**
     * Does what the words ask for.
     *
     * @param out for the report alone
     * @param err for progress and errors
     * @return the exit code: 0, 1 if the measurement failed, 2 if the words are wrong
     */
    static int run(List<String> words, PrintStream out, PrintStream err) {
        if (words.contains("--help") || words.contains("-h")) {
            out.println(Options.USAGE);
            return OK;
        }
        try {
            var options = Options.parse(words);
            if (options.benchmark().isTrial()) {
                try (var scene = Scene.open(err::println)) {
                    return tell(options.trial().conduct(scene), options.json(), out, err);
                }
            }
            try (var stage = Stage.set(options, err::println)) {
                return tell(stage.measure(), out, err);
            }
        } catch (Options.UsageException e) {
            err.println(e.getMessage());
            err.println();
            err.println(Options.USAGE);
            return USAGE;
        } catch (BenchException e) {
            err.println(e.getMessage());
            return FAILED;
        }
    }

    /** Prints what was found; what must not be is printed for its details, and is an error. */
    static int tell(Findings findings, boolean json, PrintStream out, PrintStream err) {
        out.println(findings.text(json));
        findings.problem().ifPresent(err::println);
        return findings.problem().isPresent() ? FAILED : OK;
    }

    /** Prints a report; one with failed runs is printed for its details, and is an error. */
    static int tell(Report report, PrintStream out, PrintStream err) {
        out.println(report.text());
        if (report.failedRuns() == 0) {
            return OK;
        }
        err.println(
                report.failedRuns() + " runs failed while it was measured, so these figures say nothing. "
                        + "What they failed with is in the list of runs of the control plane (millrace runs list --state FAILED).");
        return FAILED;
    }
}
