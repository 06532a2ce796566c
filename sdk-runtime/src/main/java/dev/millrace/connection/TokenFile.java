package dev.millrace.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** A file that holds a token and nothing else. */
final class TokenFile {
    private static final int LARGEST = 4096;

    private TokenFile() {}

    /** Reads it; what is wrong with it goes to {@code problem} as the rest of a sentence. */
    static Optional<Secret> read(Path file, Consumer<String> problem) {
        try {
            if (Files.size(file) > LARGEST) {
                problem.accept(" names " + file + ", which is too large to be a token.");
                return Optional.empty();
            }
            String token = Files.readString(file).strip();
            if (token.isEmpty()) {
                problem.accept(" names " + file + ", which is empty.");
                return Optional.empty();
            }
            return Optional.of(Secret.of(token));
        } catch (IOException e) {
            problem.accept(
                    " names " + file + ", which cannot be read: " + e.getClass().getSimpleName() + ".");
            return Optional.empty();
        }
    }
}
