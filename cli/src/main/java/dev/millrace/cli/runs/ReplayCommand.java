package dev.millrace.cli.runs;

import dev.millrace.cli.CliException;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.Since;
import dev.millrace.cli.terminal.Json;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.ReplaysApi;
import dev.millrace.rest.model.ReplayFrom;
import dev.millrace.rest.model.ReplayRun;
import dev.millrace.rest.model.RunFilter;
import dev.millrace.rest.model.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace runs replay}. */
@Command(
        name = "replay",
        description = "Run again what has ended: runs by their ids, or all that fit a filter.",
        footer = {
            "",
            "A replay is a new generation of its run, under the same id; the history stays.",
            "Steps that succeeded keep their results unless they are to run again.",
            "",
            "One run:    millrace runs replay RUN --from-step charge --reason \"it is back\"",
            "Go on from: millrace runs replay RUN --from-step research --checkpoint plan#2",
            "By filter:  millrace runs replay --workflow orders --state FAILED --since 2h",
            "",
            "A filter replays the runs that had ended when the command began, newest first,",
            "each once. It says how many they are and asks; --yes answers. If it is",
            "interrupted, it says with which --cursor to go on."
        })
final class ReplayCommand implements Callable<Integer> {
    private static final int MOST = 1_000_000;

    private final Context context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Parameters(
            arity = "0..*",
            paramLabel = "RUN",
            description = "Ids of runs; a single - reads them from standard input.")
    private List<String> runs = List.of();

    @ArgGroup
    private Begin begin = new Begin();

    /** Where a replay begins. */
    static final class Begin {
        @Option(names = "--failed", description = "Begin with the steps that did not succeed (the default).")
        private boolean failed;

        @Option(names = "--all", description = "Begin from the start.")
        private boolean all;

        @Option(names = "--from-step", paramLabel = "STEP", description = "Begin with this step and all that follows.")
        private String step;

        private ReplayFrom from() {
            return step != null ? ReplayFrom.STEP : all ? ReplayFrom.START : ReplayFrom.FAILED_STEPS;
        }
    }

    @Option(
            names = "--checkpoint",
            paramLabel = "NAME#N",
            description = {
                "With --from-step, of a durable step: it keeps what it stored before",
                "this checkpoint and goes on from there, such as plan#2."
            })
    private String checkpoint;

    @Option(
            names = "--element",
            paramLabel = "N",
            description = "Which element of a mapped step --checkpoint is of (default: 0).")
    private Integer element;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "JSON that takes the place of the input for the steps that run again.")
    private Path input;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "replayed on the command line",
            description = "For whoever reads the history later (default: \"${DEFAULT-VALUE}\").")
    private String reason;

    @ArgGroup(exclusive = false, heading = "%nBy filter, instead of ids:%n")
    private Which which;

    /** Which runs. */
    static final class Which {
        @Option(names = "--workflow", paramLabel = "NAME", description = "Runs of this workflow.")
        private String workflow;

        @Option(
                names = "--state",
                paramLabel = "STATE",
                split = ",",
                description = "Runs in these states: FAILED (the default), TIMED_OUT, CANCELLED, SUCCEEDED.")
        private List<RunState> states = List.of(RunState.FAILED);

        @Option(names = "--step", paramLabel = "STEP", description = "Runs that failed in this step.")
        private String step;

        @Option(
                names = "--error",
                paramLabel = "ERROR",
                description = "Runs with this error, as \"runs failed\" shows it.")
        private String error;

        @Option(
                names = "--since",
                paramLabel = "TIME",
                converter = Since.class,
                description = "Runs created then or later: an instant, or a time ago such as 2h or 7d.")
        private Instant since;

        @Option(
                names = "--until",
                paramLabel = "TIME",
                converter = Since.class,
                description = "Runs created before then.")
        private Instant until;

        @Option(names = "--limit", paramLabel = "N", description = "At most so many, the newest (default: all).")
        private int limit = MOST;

        @Option(names = "--dry-run", description = "Say how many fit, and replay none.")
        private boolean dryRun;

        @Option(
                names = {"-y", "--yes"},
                description = "Do not ask.")
        private boolean yes;

        @Option(names = "--cursor", paramLabel = "CURSOR", description = "Go on where an interrupted replay was.")
        private String cursor;

        private RunFilter filter() {
            return new RunFilter()
                    .workflow(workflow)
                    .states(states)
                    .step(step)
                    .error(error)
                    .createdFrom(since)
                    .createdTo(until);
        }
    }

    ReplayCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (runs.isEmpty() == (which == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    runs.isEmpty()
                            ? "Say which runs: their ids, or a filter such as --workflow NAME --state FAILED."
                            : "Give ids of runs or a filter, not both.");
        }
        if (which != null && (which.limit < 1 || which.limit > MOST)) {
            throw new ParameterException(
                    spec.commandLine(), "--limit must be from 1 to " + MOST + ", but it is " + which.limit + ".");
        }
        if (checkpoint != null && (begin.step == null || which != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--checkpoint is one of a step of runs that are named: give ids and --from-step STEP with it.");
        }
        if (element != null && checkpoint == null) {
            throw new ParameterException(
                    spec.commandLine(), "--element says which --checkpoint; give both or neither.");
        }
        try (var client = controlPlane.connect(context)) {
            var api = new ReplaysApi(client);
            var wish = new ReplayRun()
                    .from(begin.from())
                    .step(begin.step)
                    .checkpoint(checkpoint)
                    .element(element)
                    .reason(reason);
            input().ifPresent(wish::input);
            if (which == null) {
                return byIds(api, wish);
            }
            return new BulkReplay(context, api, which.filter(), wish, output.isJson())
                    .carryOut(new BulkReplay.Manner(
                            which.limit, which.dryRun, which.yes, Optional.ofNullable(which.cursor)));
        }
    }

    private int byIds(ReplaysApi api, ReplayRun wish) {
        var each = new EachRun(context);
        var replayed = each.of(RunIds.read(runs, spec), run -> api.replayRun(run, wish));
        var out = context.terminal().out();
        if (output.isJson()) {
            out.println(Json.write(replayed));
        } else {
            replayed.forEach(run -> out.println(run.getRunId() + "  runs as generation " + run.getGeneration()));
        }
        return each.exitCode();
    }

    private Optional<RawJson> input() {
        if (input == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new RawJson(Files.readString(input)));
        } catch (IOException | IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "The input in " + input + " cannot be read: " + e.getMessage(), e);
        }
    }
}
