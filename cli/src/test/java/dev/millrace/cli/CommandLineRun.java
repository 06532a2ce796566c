package dev.millrace.cli;

import dev.millrace.cli.process.Installation;
import dev.millrace.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * One execution of the command line inside the test's process, with what it wrote.
 *
 * @param exitCode how it ended
 * @param out standard output
 * @param err standard error
 */
public record CommandLineRun(int exitCode, String out, String err) {

    /** Surroundings without anything in them, whose streams are thrown away. */
    static Context contextIn(Path directory, Map<String, String> variables) {
        var nowhere = new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        return new Context(
                new Terminal(nowhere, nowhere, false, false, variables),
                variables,
                directory,
                new Installation(directory));
    }

    /** Executes a command line in a working directory, under an environment. */
    public static CommandLineRun of(Path directory, Map<String, String> variables, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                variables);
        var context = new Context(terminal, variables, directory, new Installation(directory));
        int exitCode = Main.commandLine(context).execute(arguments);
        return new CommandLineRun(
                exitCode,
                out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"),
                err.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"));
    }
}
