package dev.millrace.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A group of commands. By itself it does nothing. */
@Command(synopsisSubcommandLabel = "COMMAND")
public abstract class CommandGroup implements Runnable {
    @Spec
    private CommandSpec spec;

    /** For who has to refuse what is written after one of the commands. */
    protected final CommandSpec spec() {
        return spec;
    }

    @Override
    public final void run() {
        // Which ones there are is said after every mistake.
        throw new ParameterException(spec.commandLine(), "A command is missing after \"" + spec.name() + "\".");
    }
}
