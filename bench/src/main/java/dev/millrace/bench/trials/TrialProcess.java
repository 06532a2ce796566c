package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.Loads;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.workflows.Limited;
import dev.millrace.bench.workflows.OneStep;
import dev.millrace.bench.workflows.Paced;
import dev.millrace.client.Millrace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Worker and client of a trial in one process, so that each knows what the other has done. It says that it is ready, carries out the
 * lines that it reads, answers each with a line of figures, and ends with its input.
 */
final class TrialProcess {
    private final Paced workflow;
    private final Population population;
    private final Loads loads;
    private Optional<Load> steady = Optional.empty();
    private Optional<Load> limited = Optional.empty();

    private TrialProcess(Millrace millrace, Paced workflow) {
        this.workflow = workflow;
        this.population = new Population(millrace, workflow);
        this.loads = new Loads(millrace);
    }

    /** What it can be asked to do; numbers follow the word. */
    enum Order {
        /** Attempts wait at the gate. */
        HOLD,
        /** They go on. */
        LET_GO,
        /** How many microseconds an attempt takes. */
        WORK,
        /** Keeps which runs the step is called for. */
        REMEMBER,
        /** Starts so many runs; a second number other than 0 keeps them for {@link #ENDS}. */
        FILL,
        /** Keeps so many waiting or running, for so many milliseconds. */
        KEEP,
        /** How often the step was done. */
        EXECUTIONS,
        /** Begins to look for the first call after so many microseconds since the epoch. */
        AWAIT,
        /** Waits for it so many seconds and says when it was. */
        FIRST,
        /** Waits for all ends, with so many seconds between two. */
        ENDS,
        /** Looks for runs that were completed twice among those done again, or after so many microseconds since the epoch. */
        DUPLICATES,
        /** One-step runs at so many a second, for so many milliseconds. */
        STEADY,
        /** The same with four limits. */
        LIMITED
    }

    /**
     * Runs it.
     *
     * @param words the number of slots
     */
    public static void main(String[] words) throws IOException, InterruptedException {
        var workflow = new Paced();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var millrace = Millrace.connect();
                var worker = millrace.worker(workflow, new OneStep(), new Limited())
                        .slots(Integer.parseInt(words[0]))
                        .name("bench")
                        .drainTimeout(Duration.ofSeconds(5))
                        .start()) {
            if (!worker.awaitConnected(Duration.ofSeconds(30))) {
                throw new IllegalStateException("The control plane does not take the worker.");
            }
            Child.say("ready");
            var process = new TrialProcess(millrace, workflow);
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                var order = line.split(" ");
                Child.say(process.carryOut(Order.valueOf(order[0]), order).line());
            }
            workflow.hold(false);
        }
    }

    private Figures carryOut(Order order, String[] words) throws InterruptedException {
        var done = Figures.none();
        return switch (order) {
            case HOLD -> {
                workflow.hold(true);
                yield done;
            }
            case LET_GO -> {
                workflow.hold(false);
                yield done;
            }
            case WORK -> {
                workflow.work(Duration.ofNanos(number(words, 1) * 1_000));
                yield done;
            }
            case REMEMBER -> {
                workflow.remember();
                yield done;
            }
            case FILL -> population.fill(number(words, 1), number(words, 2) != 0);
            case KEEP -> population.keep(number(words, 1), Duration.ofMillis(number(words, 2)));
            case EXECUTIONS -> done.with("executions", workflow.executions());
            case AWAIT -> {
                workflow.await(number(words, 1));
                yield done;
            }
            case FIRST -> done.with("micros", workflow.firstCall(Duration.ofSeconds(number(words, 1))));
            case ENDS -> population.ends(Duration.ofSeconds(number(words, 1)));
            case DUPLICATES ->
                population.duplicates(number(words, 1), System.getenv("MILLRACE_URL"), System.getenv("MILLRACE_TOKEN"));
            case STEADY -> {
                if (steady.isEmpty()) {
                    steady = Optional.of(loads.steady((int) number(words, 1)));
                }
                yield steady.get().run(Duration.ofMillis(number(words, 2)));
            }
            case LIMITED -> {
                if (limited.isEmpty()) {
                    limited = Optional.of(loads.limited((int) number(words, 1)));
                }
                yield limited.get().run(Duration.ofMillis(number(words, 2)));
            }
        };
    }

    private static long number(String[] words, int position) {
        return Long.parseLong(words[position]);
    }
}
