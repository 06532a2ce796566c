package dev.millrace.cli.demo;

import dev.millrace.cli.CliException;
import dev.millrace.cli.Context;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.LocalServerOptions;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.LocalControlPlane;
import dev.millrace.cli.process.Ports;
import dev.millrace.cli.process.ServerSettings;
import dev.millrace.cli.process.Workspace;
import dev.millrace.cli.terminal.ProgressLine;
import dev.millrace.client.Millrace;
import dev.millrace.samples.orders.OrderFile;
import dev.millrace.samples.orders.simulated.PaymentServer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace demo}. */
@Command(
        name = "demo",
        description = {
            "Run a thousand orders through the order-fulfilment sample.",
            "Starts a control plane with an embedded PostgreSQL and the sample's worker, each a process of its own."
        },
        footer = {"", "The exit code is 0 only if every order ended as its data says it must and none was lost."})
public final class DemoCommand implements Callable<Integer> {
    private static final int ALL = 1_000;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Context context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private LocalServerOptions server;

    @Mixin
    private OutputOption output;

    @Option(
            names = "--stay",
            description = "Keep everything up afterwards, until Ctrl-C, and print addresses and token.")
    private boolean stay;

    @Option(
            names = "--orders",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many orders, 1 to 1000 (default: ${DEFAULT-VALUE}).")
    private int orders;

    @Option(
            names = "--crash",
            description = "Kill the worker (SIGKILL) when a third of the runs has ended, to show that nothing is lost.")
    private boolean crash;

    public DemoCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (orders < 1 || orders > ALL) {
            throw new ParameterException(
                    spec.commandLine(), "--orders must be from 1 to " + ALL + ", but it is " + orders + ".");
        }
        var terminal = context.terminal();
        long began = System.nanoTime();
        try (var workspace = Workspace.open(server.dataDirectory(context), terminal::note);
                var payments = new PaymentServer();
                var children = new Children(terminal::note)) {
            var settings = new ServerSettings(
                    workspace.directory(),
                    Ports.freeOrAny(server.port(), "the REST API", terminal::note),
                    Ports.freeOrAny(server.grpcPort(), "workers", terminal::note),
                    false,
                    Optional.empty());
            terminal.note(
                    "Starting a control plane with an embedded PostgreSQL; its data is in " + workspace.directory());
            var controlPlane = LocalControlPlane.start(context.installation(), settings, workspace, children);
            good("control plane  " + controlPlane.files().http() + "  (process "
                    + controlPlane.process().handle().pid() + ", ready after " + since(began) + ")");
            long workerBegan = System.nanoTime();
            var surroundings = Map.of(
                    "WAREHOUSE_URL", WarehouseDatabase.in(workspace.directory()),
                    "PAYMENTS_URL", payments.address().toString());
            var worker = new DemoWorker(
                    context.installation(), controlPlane.files(), workspace, children, surroundings, terminal::note);
            worker.start();
            worker.awaitReady();
            good("worker         serving order-fulfilment  (process "
                    + worker.process().handle().pid() + ", ready after " + since(workerBegan) + ")");
            var result = run(controlPlane, worker, children, payments);
            print(result);
            terminal.note(String.format(Locale.ROOT, "The whole demo took %.1f s.", (System.nanoTime() - began) / 1e9));
            if (stay) {
                keepUp(controlPlane, worker, workspace, children);
            }
            return result.asExpected() ? ExitCode.OK : ExitCode.ERROR;
        }
    }

    private DemoResult run(LocalControlPlane controlPlane, DemoWorker worker, Children children, PaymentServer payments)
            throws InterruptedException {
        var terminal = context.terminal();
        try (var progress = terminal.progress();
                var millrace = Millrace.builder()
                        .url(controlPlane.files().http())
                        .token(controlPlane.files().token())
                        .connect()) {
            var some = OrderFile.bundled().subList(0, orders);
            terminal.note("Placing " + some.size() + " orders: " + Rush.crowdOf(some.size())
                    + " at once (some of them as events and by a webhook), then the rest one by one.");
            var doors = new Doors(millrace, controlPlane.files().http());
            var rush = new Rush(millrace, doors, progress, new Watch(controlPlane, worker, children, progress), LIMIT);
            rush.run(some);
            progress.note("All runs have ended or the time is up; asking what became of each.");
            var around = new Around(
                    rush.byEvent(),
                    rush.byWebhook(),
                    payments.tooMany(),
                    payments.repeated(),
                    Optional.of(Nightly.trigger(millrace)));
            return new Inspection(millrace.rest()).of(rush).with(around);
        }
    }

    /** Keeps the worker alive, or kills it once if that was asked for. */
    private final class Watch implements Rush.Care {
        private final LocalControlPlane controlPlane;
        private final DemoWorker worker;
        private final Children children;
        private final ProgressLine progress;
        private boolean crashed;

        Watch(LocalControlPlane controlPlane, DemoWorker worker, Children children, ProgressLine progress) {
            this.controlPlane = controlPlane;
            this.worker = worker;
            this.children = children;
            this.progress = progress;
        }

        @Override
        public void look(int endedRuns) {
            if (!controlPlane.process().isAlive() && !children.isStopping()) {
                throw new CliException(ExitCode.ERROR, controlPlane.process().obituary());
            }
            if (crash && !crashed && endedRuns >= orders / 3) {
                crashed = true;
                progress.note("Killing the worker (process "
                        + worker.process().handle().pid() + ") after " + endedRuns + " runs, as a crash would.");
                worker.process().kill();
            }
            worker.keepAlive();
        }
    }

    private void print(DemoResult result) {
        var terminal = context.terminal();
        if (output.isJson()) {
            terminal.out().println(result.json());
        } else {
            terminal.out().println();
            result.lines(terminal.outStyle()).forEach(terminal.out()::println);
        }
    }

    private void keepUp(LocalControlPlane controlPlane, DemoWorker worker, Workspace workspace, Children children)
            throws InterruptedException {
        var terminal = context.terminal();
        terminal.note("");
        terminal.note("Everything stays up until Ctrl-C. Look around from another terminal:");
        terminal.note("  export MILLRACE_URL=" + controlPlane.files().http());
        terminal.note("  export MILLRACE_TOKEN=" + controlPlane.files().token());
        terminal.note("  millrace runs list --state FAILED");
        terminal.note("Logs: " + workspace.directory().resolve("logs"));
        while (!controlPlane.process().awaitEnd(LOOK)) {
            worker.keepAlive();
        }
        if (!children.isStopping()) {
            throw new CliException(ExitCode.ERROR, controlPlane.process().obituary());
        }
    }

    private static String since(long beganNanos) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - beganNanos) / 1e9);
    }

    private void good(String text) {
        context.terminal().note(context.terminal().errStyle().good() + " " + text);
    }
}
