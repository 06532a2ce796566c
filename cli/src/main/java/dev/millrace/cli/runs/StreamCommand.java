package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.rest.StreamsApi;
import dev.millrace.rest.model.StreamEntry;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace runs stream}. */
@Command(
        name = "stream",
        description = {
            "Show what the steps of a run emit, from the start, and on until the run has ended.",
            "With --json each entry is a line of JSON with where it comes from; else each item is a line, its value as JSON."
        },
        footer = {"", "Example: millrace runs stream 0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d --step answer"})
final class StreamCommand implements Callable<Integer> {
    /** Shorter than requests may take on their way. */
    private static final int WAIT_SECONDS = 10;

    private static final int AT_ONCE = 1_000;

    private final Context context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String run;

    @Option(names = "--step", paramLabel = "STEP", description = "Only what this step emits.")
    private String step;

    @Option(
            names = "--after",
            paramLabel = "POSITION",
            defaultValue = "0",
            description = "Only what lies behind this position. Default: ${DEFAULT-VALUE}, all.")
    private long after;

    @Option(names = "--no-follow", description = "Show what is there, and do not wait for more.")
    private boolean noFollow;

    StreamCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var id = RunIds.read(List.of(run), spec).get(0);
        var terminal = context.terminal();
        try (var client = controlPlane.connect(context)) {
            var streams = new StreamsApi(client);
            StreamEntry last = null;
            for (long position = after; ; ) {
                long from = position;
                var page = streams.getRunStream(
                        id,
                        options ->
                                options.step(step).after(from).limit(AT_ONCE).waitSeconds(noFollow ? 0 : WAIT_SECONDS));
                for (var entry : page.getItems()) {
                    show(last, entry);
                    last = entry;
                }
                terminal.out().flush();
                position = page.getNext();
                if (page.getEnded() || noFollow && page.getItems().isEmpty()) {
                    return 0;
                }
            }
        }
    }

    private void show(StreamEntry before, StreamEntry entry) {
        var out = context.terminal().out();
        if (output.isJson()) {
            out.println(Json.write(entry));
            return;
        }
        if (before != null && isAnother(before, entry)) {
            context.terminal()
                    .err()
                    .println("-- attempt " + entry.getAttempt() + " of step " + entry.getStep()
                            + (entry.getGeneration() > 1 ? ", generation " + entry.getGeneration() : ""));
        }
        if (!entry.getEnds()) {
            out.println(entry.getValue().text());
        }
    }

    /** What follows comes from somebody else. */
    private static boolean isAnother(StreamEntry one, StreamEntry other) {
        return !one.getStep().equals(other.getStep())
                || !one.getAttempt().equals(other.getAttempt())
                || !one.getGeneration().equals(other.getGeneration());
    }
}
