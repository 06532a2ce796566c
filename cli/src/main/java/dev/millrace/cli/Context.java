package dev.millrace.cli;

import dev.millrace.cli.process.Installation;
import dev.millrace.cli.terminal.Terminal;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a command may know about the process it runs in.
 *
 * @param terminal both streams
 * @param variables the environment
 * @param directory the working directory
 * @param installation where the programs are
 */
public record Context(Terminal terminal, Map<String, String> variables, Path directory, Installation installation) {

    /** The value of a variable; empty if it is not set or blank. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }
}
