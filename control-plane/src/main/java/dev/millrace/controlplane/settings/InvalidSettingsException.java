package dev.millrace.controlplane.settings;

import java.util.List;

/** The server cannot start with these settings. Names every fault, not only the first. */
public final class InvalidSettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    InvalidSettingsException(List<String> problems) {
        super("The settings are wrong:\n  - " + String.join("\n  - ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence per fault. */
    public List<String> problems() {
        return problems;
    }
}
