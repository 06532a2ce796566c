package dev.millrace.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace help}: the same as {@code --help}, for those who type it so. */
@Command(name = "help", description = "Show the help of a command.")
final class HelpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command, such as: runs list")
    private List<String> words = List.of();

    @Override
    public Integer call() {
        var command = spec.parent().commandLine();
        for (var word : words) {
            var next = command.getSubcommands().get(word);
            if (next == null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "There is no command \"" + String.join(" ", words) + "\". There are: "
                                + String.join(", ", command.getSubcommands().keySet()) + ".");
            }
            command = next;
        }
        command.usage(command.getOut());
        return ExitCode.OK;
    }
}
