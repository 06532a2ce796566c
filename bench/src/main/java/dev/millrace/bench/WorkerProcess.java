package dev.millrace.bench;

import dev.millrace.bench.processes.Child;
import dev.millrace.bench.workflows.FanOut;
import dev.millrace.bench.workflows.OneStep;
import dev.millrace.bench.workflows.ThreeSteps;
import dev.millrace.client.Millrace;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/** The process that runs the steps. It says that it is ready, and ends with its input. */
final class WorkerProcess {
    static final String READY = "ready";

    private WorkerProcess() {}

    /**
     * Runs it.
     *
     * @param words the number of slots
     */
    public static void main(String[] words) throws IOException {
        try (var millrace = Millrace.connect();
                var worker = millrace.worker(new OneStep(), new ThreeSteps(), new FanOut())
                        .slots(Integer.parseInt(words[0]))
                        .name("bench")
                        .drainTimeout(Duration.ofSeconds(5))
                        .start()) {
            if (!worker.awaitConnected(Duration.ofSeconds(30))) {
                throw new IllegalStateException("The control plane does not take the worker.");
            }
            Child.say(READY);
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
