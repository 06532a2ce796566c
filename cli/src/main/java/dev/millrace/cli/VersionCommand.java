package dev.millrace.cli;

import dev.millrace.cli.terminal.Json;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace version}. */
@Command(name = "version", description = "Show the version.")
final class VersionCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private OutputOption output;

    VersionCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (output.isJson()) {
            var version = new LinkedHashMap<String, String>();
            version.put("version", Version.number());
            version.put("java", Runtime.version().toString());
            context.terminal().out().println(Json.write(version));
        } else {
            context.terminal().out().println(new Version().getVersion()[0]);
        }
        return ExitCode.OK;
    }
}
