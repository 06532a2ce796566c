package dev.millrace.cli;

import dev.millrace.cli.process.ChildProcess;
import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.Jvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code millrace bench}: hands its words to the benchmarks, a program of its own. */
@Command(
        name = "bench",
        description =
                "Measure: throughput, latency, chain, fanout, enqueue, recovery, backlog, sleeping, idle, events, schedules, fairness, "
                        + "tenants, limits or soak.",
        customSynopsis = "millrace bench BENCHMARK [--json] [OPTIONS]",
        footer = {"", "Without any word it lists all its options."})
final class BenchCommand implements Callable<Integer> {
    private static final Duration GRACE = Duration.ofSeconds(60);

    private final Context context;

    @Unmatched
    private List<String> words = new ArrayList<>();

    BenchCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        var command = new ArrayList<>(List.of(
                Jvm.executable(),
                "-Dmillrace.home=" + context.installation().home(),
                "-jar",
                context.installation().bench().toString()));
        command.addAll(words);
        try (var children = new Children(context.terminal()::note)) {
            var bench = children.add(ChildProcess.inForeground("benchmark", command, environment -> {}), GRACE);
            return bench.awaitExitCode();
        }
    }
}
