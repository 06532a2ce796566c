package dev.millrace.manifest;

import java.util.regex.Pattern;

/** The one rule for names of workflows, steps and limits: they stand in URLs, labels and metrics without escaping. */
public final class Names {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");

    private Names() {}

    /** Whether this may be a name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Whether this may be the name of events to listen to: a name, in which {@code *} stands for whole parts. */
    public static boolean isEventPattern(String pattern) {
        var parts = pattern.split("\\.", -1);
        for (int i = 0; i < parts.length; i++) {
            parts[i] = parts[i].equals("*") ? "x" : parts[i];
        }
        return isName(String.join(".", parts));
    }

    static void requireNameOrNone(String path, String what, String name) {
        if (!name.isEmpty()) {
            requireName(path, what, name);
        }
    }

    static void requireName(String path, String what, String name) {
        if (!isName(name)) {
            throw new InvalidManifestException(
                    path,
                    "The name of a " + what
                            + " must be 1 to 128 letters, digits, '.', '_', ':' or '-' and start with a letter"
                            + " or digit, but is \"" + name + "\".");
        }
    }
}
