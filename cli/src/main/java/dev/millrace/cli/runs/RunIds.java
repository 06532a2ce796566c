package dev.millrace.cli.runs;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Ids of runs on a command line; a single {@code -} stands for those on standard input, one a line. */
final class RunIds {
    private RunIds() {}

    static List<UUID> read(List<String> words, CommandSpec spec) {
        var texts = words.equals(List.of("-"))
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList()
                : words;
        return texts.stream().map(text -> id(text, spec)).toList();
    }

    private static UUID id(String text, CommandSpec spec) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "\"" + text + "\" is no id of a run; it looks like 0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d.");
        }
    }
}
