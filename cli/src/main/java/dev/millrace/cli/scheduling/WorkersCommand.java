package dev.millrace.cli.scheduling;

import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.WorkersApi;
import dev.millrace.rest.model.SlotKindView;
import dev.millrace.rest.model.WorkerState;
import dev.millrace.rest.model.WorkerView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The group of commands about workers. */
@Command(name = "workers", description = "See workers, and say which of them get attempts.")
public final class WorkersCommand extends CommandGroup {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    private final Context context;

    private WorkersCommand(Context context) {
        this.context = context;
    }

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new WorkersCommand(context));
    }

    @Command(name = "list", description = "List the workers that are connected or awaited.")
    int list(@Mixin ControlPlaneOptions controlPlane, @Mixin OutputOption output) {
        List<WorkerView> workers;
        try (var client = controlPlane.connect(context)) {
            workers = new WorkersApi(client).listWorkers().getItems();
        }
        if (output.isJson()) {
            context.terminal().out().println(Json.write(workers));
            return ExitCode.OK;
        }
        var table = new Table("WORKER", "NAME", "STATE", ">SLOTS", ">TAKEN", ">VERSIONS");
        workers.forEach(worker -> table.row(
                worker.getWorkerId().toString(),
                worker.getName(),
                worker.getState().toString(),
                slots(worker.getSlots(), worker, SlotKindView::getSlots),
                slots(worker.getSlotsTaken(), worker, SlotKindView::getTaken),
                String.valueOf(worker.getVersions().size())));
        table.lines(context.terminal().outStyle()).forEach(context.terminal().out()::println);
        return ExitCode.OK;
    }

    @Command(name = "pause", description = "Give a worker no more attempts; it keeps those that it has.")
    int pause(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "WORKER", description = "Id of the worker.") UUID worker) {
        try (var client = controlPlane.connect(context)) {
            print(new WorkersApi(client).pauseWorker(worker));
        }
        return ExitCode.OK;
    }

    @Command(name = "resume", description = "Give a worker attempts again.")
    int resume(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "WORKER", description = "Id of the worker.") UUID worker) {
        try (var client = controlPlane.connect(context)) {
            print(new WorkersApi(client).resumeWorker(worker));
        }
        return ExitCode.OK;
    }

    @Command(
            name = "drain",
            description = "Tell a worker to finish what it has and leave, and wait until it has left.",
            footer = {"", "The exit code is 7 if the time is over before."})
    int drain(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "WORKER", description = "Id of the worker.") UUID worker,
            @Option(
                            names = "--timeout",
                            paramLabel = "TIME",
                            defaultValue = "10m",
                            description = "How long to wait (default: ${DEFAULT-VALUE}).")
                    Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (var client = controlPlane.connect(context)) {
            var api = new WorkersApi(client);
            var seen = Optional.of(api.drainWorker(worker));
            while (seen.isPresent() && seen.get().getState() != WorkerState.AWAY) {
                if (System.nanoTime() - deadline > 0) {
                    print(seen.get());
                    return ExitCode.WAIT_OVER;
                }
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                seen = api.listWorkers().getItems().stream()
                        .filter(other -> other.getWorkerId().equals(worker))
                        .findFirst();
            }
            context.terminal().out().println(worker + "  has left");
        }
        return ExitCode.OK;
    }

    /** Those of kinds that have a name stand behind the others: {@code 8 + 2 gpu}. */
    private static String slots(int plain, WorkerView worker, ToIntFunction<SlotKindView> count) {
        var text = new StringBuilder().append(plain);
        for (var kind : Optional.ofNullable(worker.getSlotKinds()).orElseGet(List::of)) {
            text.append(" + ").append(count.applyAsInt(kind)).append(' ').append(kind.getKind());
        }
        return text.toString();
    }

    private void print(WorkerView worker) {
        context.terminal()
                .out()
                .println(worker.getWorkerId() + "  " + worker.getState() + "  " + worker.getSlotsTaken() + " of "
                        + worker.getSlots() + " slots taken");
    }
}
