package dev.millrace.cli.manifest;

import dev.millrace.cli.Context;
import dev.millrace.cli.ExitCode;
import dev.millrace.manifest.ManifestRules;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace manifest show FILE}. */
@Command(name = "show", description = "Show the steps of workflows and what they wait for.")
final class ShowCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "A manifest, or a jar or directory with manifests in META-INF/millrace.")
    private String source;

    ShowCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var out = context.terminal().out();
        boolean first = true;
        boolean sound = true;
        for (var manifest : ManifestFiles.read(context.directory(), source).values()) {
            if (!first) {
                out.println();
            }
            first = false;
            new Outline(manifest).lines(context.terminal().outStyle()).forEach(out::println);
            for (var problem : ManifestRules.check(manifest)) {
                sound = false;
                context.terminal()
                        .note(context.terminal().errStyle().yellow(problem.code()) + " " + manifest.workflow() + ", "
                                + problem.path() + ": " + problem.message());
            }
        }
        return sound ? ExitCode.OK : ExitCode.ERROR;
    }
}
