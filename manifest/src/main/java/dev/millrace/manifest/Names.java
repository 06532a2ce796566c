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
