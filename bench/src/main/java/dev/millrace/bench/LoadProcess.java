package dev.millrace.bench;

import dev.millrace.bench.Benchmark.Phase;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.Loads;
import dev.millrace.bench.processes.Child;
import dev.millrace.client.Millrace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * The process that puts the load on. It reads lines of a phase and a length in milliseconds, and answers each with a line of
 * figures; it ends with its input.
 */
final class LoadProcess {
    static final int CHAINS_IN_FLIGHT = 64;

    private LoadProcess() {}

    /**
     * Runs it.
     *
     * @param words window, rate and number of elements
     */
    public static void main(String[] words) throws IOException, InterruptedException {
        int window = Integer.parseInt(words[0]);
        int rate = Integer.parseInt(words[1]);
        int elements = Integer.parseInt(words[2]);
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var millrace = Millrace.connect()) {
            var loads = new Loads(millrace);
            Map<Phase, Load> made = new EnumMap<>(Phase.class);
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                var order = line.split(" ");
                var load = made.computeIfAbsent(Phase.valueOf(order[0]), phase -> switch (phase) {
                    case FLOOD -> loads.flood(window);
                    case STEADY -> loads.steady(rate);
                    case ALONE -> loads.chains(1);
                    case TOGETHER -> loads.chains(CHAINS_IN_FLIGHT);
                    case FAN -> loads.fan(elements);
                    case QUEUE -> loads.queue();
                    case DRAIN -> loads.drain();
                });
                Child.say(load.run(Duration.ofMillis(Long.parseLong(order[1]))).line());
            }
        }
    }
}
