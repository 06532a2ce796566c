package dev.millrace.cli.triggers;

import dev.millrace.cli.CliException;
import dev.millrace.cli.ExitCode;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.rest.RawJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON that is given on the command line: as a file, as {@code -} for standard input, or as text. */
public final class JsonInput {
    private JsonInput() {}

    /** @param file the name of a file; {@code -} for standard input */
    public static RawJson file(String file) {
        try {
            var bytes = file.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
            return checked(file.equals("-") ? "Standard input" : file, new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "The file " + file + " cannot be read: " + e + ".", e);
        }
    }

    /** @param text JSON */
    public static RawJson text(String text) {
        return checked("\"" + text + "\"", text);
    }

    private static RawJson checked(String what, String json) {
        try {
            Json.read(json);
            return new RawJson(json);
        } catch (InvalidJsonException e) {
            throw new CliException(ExitCode.USAGE, what + " is no JSON: " + e.getMessage(), e);
        }
    }
}
