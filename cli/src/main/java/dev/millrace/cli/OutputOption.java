package dev.millrace.cli;

import picocli.CommandLine.Option;

/** The form of what a command writes to standard output. */
public final class OutputOption {

    /** Forms of output. */
    public enum Form {
        /** For people. */
        table,
        /** For programs. */
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "Form of the output: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Form form;

    public boolean isJson() {
        return form == Form.json;
    }
}
