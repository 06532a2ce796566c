package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.model.RunDetail;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace runs get}. */
@Command(
        name = "get",
        description = "Show a run with its tasks and attempts.",
        footer = {
            "",
            "Without --wait the exit code is 0 for every run that was found. With it, it tells the end of the",
            "run: 0 SUCCEEDED, 10 FAILED, 11 CANCELLED, 12 TIMED_OUT, 7 if the wait was over before."
        })
final class GetCommand implements Callable<Integer> {
    /** One question waits as long as the contract allows; a longer wait asks again. */
    private static final Duration LONGEST_QUESTION = Duration.ofSeconds(60);

    private final Context context;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    private UUID run;

    @Option(names = "--wait", description = "Wait for the end of the run.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "How long to wait, such as 30s or 5m (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    GetCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        try (var client = controlPlane.connect(context)) {
            var api = new RunsApi(client);
            int exitCode = wait ? exitCode(awaitEnd(api)) : ExitCode.OK;
            if (output.isJson()) {
                // As the server wrote it, so that scripts see every field of the contract, also of a newer server.
                var detail = client.read("/api/v1/runs/{runId}", Map.of("runId", run));
                context.terminal().out().println(Json.indented(detail.text()));
            } else {
                print(api.getRun(run));
            }
            return exitCode;
        }
    }

    /** @return the state in which the wait ended */
    private RunState awaitEnd(RunsApi api) {
        long deadline = System.nanoTime() + timeout.toNanos();
        long left = timeout.toNanos();
        while (true) {
            var question = Duration.ofNanos(Math.max(0, Math.min(left, LONGEST_QUESTION.toNanos())));
            // Rounded up: a wait of half a second must not become a question without any.
            int seconds = Math.toIntExact(question.plusMillis(999).toSeconds());
            var state = api.getRunResult(run, options -> options.waitSeconds(seconds))
                    .getState();
            left = deadline - System.nanoTime();
            if (hasEnded(state) || left <= 0) {
                return state;
            }
        }
    }

    private static boolean hasEnded(RunState state) {
        return switch (state) {
            case SUCCEEDED, FAILED, CANCELLED, TIMED_OUT -> true;
            case QUEUED, RUNNING, WAITING -> false;
        };
    }

    private static int exitCode(RunState state) {
        return switch (state) {
            case SUCCEEDED -> ExitCode.OK;
            case FAILED -> ExitCode.RUN_FAILED;
            case CANCELLED -> ExitCode.RUN_CANCELLED;
            case TIMED_OUT -> ExitCode.RUN_TIMED_OUT;
            case QUEUED, RUNNING, WAITING -> ExitCode.WAIT_OVER;
        };
    }

    private void print(RunDetail detail) {
        var out = context.terminal().out();
        var style = context.terminal().outStyle();
        out.println(style.bold("run        ") + detail.getRunId());
        out.println(style.bold("workflow   ") + detail.getWorkflow() + " @ " + shortHash(detail.getVersion()));
        out.println(style.bold("state      ") + Wording.state(detail.getState(), detail.getCompensated()));
        out.println(style.bold("created    ") + Wording.instant(detail.getCreatedAt()) + ", took "
                + Wording.took(detail.getCreatedAt(), detail.getFinishedAt()));
        if (detail.getFailure() != null) {
            var failure = detail.getFailure();
            out.println(style.bold("failure    ") + failure.getCode() + ": " + failure.getMessage());
        }
        if (detail.getWindow() != null) {
            var window = detail.getWindow();
            out.println(style.bold("window     ")
                    + (window.getKey() == null ? "" : "of key '" + window.getKey() + "', ")
                    + window.getStarts() + (window.getStarts() == 1 ? " start" : " starts") + ", closes at "
                    + window.getClosesAt());
        }
        if (detail.getCancelReason() != null) {
            out.println(style.bold("cancelled  ") + detail.getCancelReason());
        }
        if (detail.getParent() != null) {
            out.println(style.bold("parent     ") + detail.getParent().getRunId() + " at "
                    + detail.getParent().getCheckpoint());
        }
        if (detail.getChildren() != null) {
            out.println(style.bold("children   ") + detail.getChildren() + "; millrace runs list --parent "
                    + detail.getRunId() + " lists them");
        }
        if (detail.getResult() != null) {
            out.println(style.bold("result     ") + detail.getResult());
        }
        boolean isUsing = detail.getUsage() != null && !detail.getUsage().isEmpty();
        if (isUsing) {
            out.println(style.bold("used       ") + Wording.amounts(detail.getUsage()));
        }
        if (detail.getTasks().isEmpty()) {
            return;
        }
        out.println();
        var titles = new ArrayList<>(List.of("TASK", "STATE", ">ATTEMPTS", ">TOOK", "FAILURE"));
        if (isUsing) {
            titles.add("USED");
        }
        var table = new Table(titles.toArray(String[]::new));
        detail.getTasks().forEach(task -> table.row(cells(task, isUsing)));
        table.lines(style).forEach(out::println);
    }

    private static String[] cells(Task task, boolean withUsage) {
        var cells = new ArrayList<>(List.of(
                task.getElement() == null ? task.getStep() : task.getStep() + "[" + task.getElement() + "]",
                task.getState() + (task.getTurn() == null ? "" : ", turn " + task.getTurn()),
                String.valueOf(task.getAttempts().size()),
                Wording.took(task.getStartedAt(), task.getFinishedAt()),
                Wording.failure(task.getFailure())));
        if (withUsage) {
            cells.add(Wording.amounts(task.getUsage()));
        }
        return cells.toArray(String[]::new);
    }

    /** The whole hash is in the JSON form; people compare its beginning. */
    private static String shortHash(String version) {
        return version.length() > 12 ? version.substring(0, 12) : version;
    }
}
