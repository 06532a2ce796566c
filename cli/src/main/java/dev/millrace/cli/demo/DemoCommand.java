package dev.millrace.cli.demo;

import dev.millrace.cli.CliException;
import dev.millrace.cli.Context;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.LocalServerOptions;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.demo.orders.OrdersShow;
import dev.millrace.cli.demo.research.ResearchShow;
import dev.millrace.cli.demo.review.ReviewsShow;
import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.LocalControlPlane;
import dev.millrace.cli.process.Ports;
import dev.millrace.cli.process.ServerSettings;
import dev.millrace.cli.process.Workspace;
import dev.millrace.cli.terminal.ProgressLine;
import dev.millrace.client.Millrace;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace demo}. */
@Command(
        name = "demo",
        description = {
            "Run a sample: a thousand orders (order-fulfilment), drafts that people judge (content-review), or questions"
                    + " that a language model answers (research-agent).",
            "Starts a control plane with an embedded PostgreSQL and the sample's worker, each a process of its own."
        },
        footer = {"", "The exit code is 0 only if every run ended as its data says it must and none was lost."})
public final class DemoCommand implements Callable<Integer> {
    private static final String DEFAULT = "order-fulfilment";
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Context context;
    private final Map<String, Supplier<Show>> shows = new TreeMap<>();

    @Spec
    private CommandSpec spec;

    @Mixin
    private LocalServerOptions server;

    @Mixin
    private OutputOption output;

    @Parameters(
            paramLabel = "SAMPLE",
            arity = "0..1",
            defaultValue = DEFAULT,
            description =
                    "Which sample: order-fulfilment, content-review or research-agent (default: ${DEFAULT-VALUE}).")
    private String sample;

    @Option(
            names = "--stay",
            description = "Keep everything up afterwards, until Ctrl-C, and print addresses and token.")
    private boolean stay;

    @Option(
            names = "--orders",
            paramLabel = "N",
            description = "How many orders of order-fulfilment, 1 to 1000 (default: 1000).")
    private Optional<Integer> orders = Optional.empty();

    @Option(
            names = "--crash",
            description = "Kill the worker (SIGKILL) when a third of the runs has ended, to show that nothing is lost.")
    private boolean crash;

    public DemoCommand(Context context) {
        this.context = context;
        shows.put(DEFAULT, () -> new OrdersShow(orders.orElse(OrdersShow.ALL)));
        shows.put("content-review", ReviewsShow::new);
        shows.put("research-agent", ResearchShow::new);
    }

    @Override
    public Integer call() throws InterruptedException {
        requireSense();
        var terminal = context.terminal();
        long began = System.nanoTime();
        try (var workspace = Workspace.open(server.dataDirectory(context), terminal::note);
                var show = shows.get(sample).get();
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
            var worker = new DemoWorker(
                    sample,
                    context.installation(),
                    controlPlane.files(),
                    workspace,
                    children,
                    show.surroundings(workspace.directory()),
                    terminal::note);
            worker.start();
            worker.awaitReady();
            good("worker         serving " + sample + "  (process "
                    + worker.process().handle().pid() + ", ready after " + since(workerBegan) + ")");
            var shown = run(show, controlPlane, worker, children);
            print(shown);
            terminal.note(String.format(Locale.ROOT, "The whole demo took %.1f s.", (System.nanoTime() - began) / 1e9));
            if (stay) {
                keepUp(controlPlane, worker, workspace, children);
            }
            return shown.asExpected() ? ExitCode.OK : ExitCode.ERROR;
        }
    }

    private void requireSense() {
        if (!shows.containsKey(sample)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "There is no sample '" + sample + "'. Samples: " + String.join(", ", shows.keySet()) + ".");
        }
        if (orders.isPresent() && !sample.equals(DEFAULT)) {
            throw new ParameterException(
                    spec.commandLine(), "--orders is for " + DEFAULT + " and means nothing to " + sample + ".");
        }
        orders.ifPresent(number -> {
            if (number < 1 || number > OrdersShow.ALL) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--orders must be from 1 to " + OrdersShow.ALL + ", but it is " + number + ".");
            }
        });
    }

    private Shown run(Show show, LocalControlPlane controlPlane, DemoWorker worker, Children children)
            throws InterruptedException {
        try (var progress = context.terminal().progress();
                var millrace = Millrace.builder()
                        .url(controlPlane.files().http())
                        .token(controlPlane.files().token())
                        .connect()) {
            var watch = new Watch(show.runs(), controlPlane, worker, children, progress);
            return show.run(new Stage(millrace, controlPlane.files().http(), progress, watch));
        }
    }

    /** Keeps the worker alive, or kills it once if that was asked for. */
    private final class Watch implements Stage.Care {
        private final int runs;
        private final LocalControlPlane controlPlane;
        private final DemoWorker worker;
        private final Children children;
        private final ProgressLine progress;
        private boolean crashed;

        Watch(int runs, LocalControlPlane controlPlane, DemoWorker worker, Children children, ProgressLine progress) {
            this.runs = runs;
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
            if (crash && !crashed && endedRuns >= runs / 3) {
                crashed = true;
                progress.note("Killing the worker (process "
                        + worker.process().handle().pid() + ") after " + endedRuns + " runs, as a crash would.");
                worker.process().kill();
            }
            worker.keepAlive();
        }
    }

    private void print(Shown shown) {
        var terminal = context.terminal();
        if (output.isJson()) {
            terminal.out().println(shown.json());
        } else {
            terminal.out().println();
            shown.lines(terminal.outStyle()).forEach(terminal.out()::println);
        }
    }

    private void keepUp(LocalControlPlane controlPlane, DemoWorker worker, Workspace workspace, Children children)
            throws InterruptedException {
        var terminal = context.terminal();
        terminal.note("");
        terminal.note("Everything stays up until Ctrl-C. Look around from another terminal:");
        terminal.note("  export MILLRACE_URL=" + controlPlane.files().http());
        terminal.note("  export MILLRACE_TOKEN=" + controlPlane.files().token());
        terminal.note("  millrace runs list --workflow " + sample);
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
