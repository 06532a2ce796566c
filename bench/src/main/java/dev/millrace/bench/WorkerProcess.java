package dev.millrace.bench;

import dev.millrace.bench.processes.Child;
import dev.millrace.bench.workflows.FanOut;
import dev.millrace.bench.workflows.Held;
import dev.millrace.bench.workflows.OneStep;
import dev.millrace.bench.workflows.ThreeSteps;
import dev.millrace.client.Millrace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The process that runs the steps. It says that it is ready, holds its slots or lets them go as its input says, answering
 * each, and ends with its input.
 */
final class WorkerProcess {
    static final String READY = "ready";
    static final String HOLD = "hold";
    static final String LET_GO = "let go";

    private WorkerProcess() {}

    /**
     * Runs it.
     *
     * @param words the number of slots
     */
    public static void main(String[] words) throws IOException {
        var held = new Held();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var millrace = Millrace.connect();
                var worker = millrace.worker(new OneStep(), new ThreeSteps(), new FanOut(), held)
                        .slots(Integer.parseInt(words[0]))
                        .name("bench")
                        .drainTimeout(Duration.ofSeconds(5))
                        .start()) {
            if (!worker.awaitConnected(Duration.ofSeconds(30))) {
                throw new IllegalStateException("The control plane does not take the worker.");
            }
            Child.say(READY);
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                held.hold(line.equals(HOLD));
                Child.say(line);
            }
            held.hold(false);
        }
    }
}
