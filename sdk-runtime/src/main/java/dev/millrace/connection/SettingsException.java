package dev.millrace.connection;

import java.util.List;

/** Thrown when there are not enough settings, or wrong ones, to find a control plane. Lists everything that is wrong. */
public final class SettingsException extends MillraceException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    SettingsException(List<String> problems) {
        super(
                "SETTINGS_INVALID",
                problems.size() == 1
                        ? "Cannot connect to a control plane: " + problems.get(0)
                        : "Cannot connect to a control plane; " + problems.size() + " settings are wrong:\n  - "
                                + String.join("\n  - ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence each. */
    public List<String> problems() {
        return problems;
    }
}
