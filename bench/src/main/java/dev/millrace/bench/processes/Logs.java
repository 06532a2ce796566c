package dev.millrace.bench.processes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process that failed said last, for the end of an error message. */
final class Logs {
    private static final int LINES = 20;

    private Logs() {}

    static String endOf(Path log) {
        try {
            var lines = Files.readAllLines(log);
            var tail =
                    String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
            return tail.isBlank() ? "; it left no log." : ". The end of its log:" + System.lineSeparator() + tail;
        } catch (IOException e) {
            return "; its log cannot be read: " + e + ".";
        }
    }
}
