package dev.millrace.cli.tasks;

import dev.millrace.cli.CliException;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.TasksApi;
import dev.millrace.rest.model.CompleteTask;
import dev.millrace.rest.model.SettleTask;
import dev.millrace.rest.model.SettledTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all commands that settle a task have in common. */
abstract sealed class SettleCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Mixin
    private TaskOptions task;

    private SettleCommand(Context context) {
        this.context = context;
    }

    abstract SettledTask settle(TasksApi api, TaskOptions task);

    @Override
    public final Integer call() {
        try (var client = controlPlane.connect(context)) {
            var settled = settle(new TasksApi(client), task);
            var out = context.terminal().out();
            if (output.isJson()) {
                out.println(Json.write(settled));
            } else {
                var element = settled.getElement() == null ? "" : "[" + settled.getElement() + "]";
                out.println(settled.getRunId() + "  " + settled.getStep() + element + "  " + settled.getState());
            }
            return ExitCode.OK;
        }
    }

    /** One that says nothing but how the task ends. */
    private abstract static sealed class Plain extends SettleCommand {
        private final Operation operation;

        /** Of the REST API. */
        private interface Operation {
            SettledTask settle(TasksApi api, UUID run, String step, SettleTask wish);
        }

        private Plain(Context context, Operation operation) {
            super(context);
            this.operation = operation;
        }

        @Override
        final SettledTask settle(TasksApi api, TaskOptions task) {
            var wish = new SettleTask().element(task.element()).reason(task.reason());
            return operation.settle(api, task.run(), task.step(), wish);
        }
    }

    /** {@code millrace tasks complete}. */
    @Command(
            name = "complete",
            description = "End a task as SUCCEEDED, with a result that you give.",
            footer = {
                "",
                "The result must fit the schema of the step. What runs of the task on a worker is told to stop,",
                "and what it still reports is refused."
            })
    static final class Complete extends SettleCommand {
        @Option(
                names = "--result",
                paramLabel = "FILE",
                description = "JSON of the result; - reads standard input. Left out for a step without one.")
        private String result;

        Complete(Context context) {
            super(context);
        }

        @Override
        SettledTask settle(TasksApi api, TaskOptions task) {
            var wish = new CompleteTask().element(task.element()).reason(task.reason());
            if (result != null) {
                wish.setResult(read());
            }
            return api.completeTask(task.run(), task.step(), wish);
        }

        private RawJson read() {
            try {
                return new RawJson(
                        result.equals("-")
                                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                                : Files.readString(Path.of(result)));
            } catch (IOException | IllegalArgumentException e) {
                throw new CliException(
                        ExitCode.USAGE, "The result in " + result + " cannot be read: " + e.getMessage(), e);
            }
        }
    }

    /** {@code millrace tasks fail}. */
    @Command(
            name = "fail",
            description = "End a task as FAILED, without further attempts; the run goes on as after any failure.")
    static final class Fail extends Plain {
        Fail(Context context) {
            super(context, TasksApi::failTask);
        }
    }

    /** {@code millrace tasks skip}. */
    @Command(
            name = "skip",
            description = "End a task as SKIPPED: what needs its result is skipped too, Optional parameters are empty.")
    static final class Skip extends Plain {
        Skip(Context context) {
            super(context, TasksApi::skipTask);
        }
    }

    /** {@code millrace tasks cancel}. */
    @Command(
            name = "cancel",
            description = "Ask a task to stop; it ends as CANCELLED, and the run goes on as after a failure.")
    static final class Cancel extends Plain {
        Cancel(Context context) {
            super(context, TasksApi::cancelTask);
        }
    }
}
