package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Samples;
import dev.millrace.bench.load.Crew;
import dev.millrace.bench.load.Rhythm;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.workflows.Order;
import dev.millrace.bench.workflows.Patient;
import dev.millrace.bench.workflows.PatientClient;
import dev.millrace.client.Millrace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Worker, client and publisher of {@link Durability} in one process, so that each knows what the others have done. It carries out the
 * lines that it reads, and answers each with figures.
 */
final class PatientProcess {
    private static final int STARTERS = 8;
    private static final int AT_ONCE = 256;
    /** After its start a run has come to its wait, and has not left its worker yet, where it stays for a second. */
    private static final Duration WARM = Duration.ofMillis(500);

    private static final Duration LAST_ONES = Duration.ofSeconds(30);
    private static final Duration ALL_THERE = Duration.ofMinutes(10);

    private final Millrace millrace;
    private final PatientClient client;
    private final Patient workflow;
    private final AtomicLong numbers = new AtomicLong();
    private final Random random = new Random(6);
    /** Runs that wait, and whose event nobody has published. */
    private List<Order> waiting = new ArrayList<>();

    private PatientProcess(Millrace millrace, Patient workflow) {
        this.millrace = millrace;
        this.client = new PatientClient(millrace);
        this.workflow = workflow;
    }

    /** What it can be asked to do; numbers follow the word. */
    enum Task {
        /** Starts so many runs a second, for so many milliseconds, and publishes the event of each while it is warm. */
        WARM,
        /** Starts so many runs that wait, each with so many checkpoints before; a third number other than 0 means one after the other. */
        FILL,
        /** Publishes the events of any of those, so many a second, for so many milliseconds. */
        PUBLISH,
        /** Starts so many one by one, and takes the time until each start is stored; their events are never published. */
        ACKNOWLEDGE
    }

    /** @param words the number of slots */
    public static void main(String[] words) throws IOException, InterruptedException {
        var workflow = new Patient();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var millrace = Millrace.connect();
                var worker = millrace.worker(workflow)
                        .slots(Integer.parseInt(words[0]))
                        .name("bench")
                        .drainTimeout(Duration.ofSeconds(5))
                        .start()) {
            if (!worker.awaitConnected(Duration.ofSeconds(30))) {
                throw new IllegalStateException("The control plane does not take the worker.");
            }
            Child.say("ready");
            var process = new PatientProcess(millrace, workflow);
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                var order = line.split(" ");
                Child.say(process.carryOut(Task.valueOf(order[0]), order).line());
            }
        }
    }

    private Figures carryOut(Task task, String[] words) throws InterruptedException {
        int number = Integer.parseInt(words[1]);
        return switch (task) {
            case WARM -> warm(number, Duration.ofMillis(Long.parseLong(words[2])));
            case FILL -> fill(number, Integer.parseInt(words[2]), !words[3].equals("0"));
            case PUBLISH -> publish(number, Duration.ofMillis(Long.parseLong(words[2])));
            case ACKNOWLEDGE -> acknowledge(number);
        };
    }

    private Patient.Task task(int checkpoints) {
        return new Patient.Task(Order.of(numbers.incrementAndGet(), 0), checkpoints);
    }

    private void publish(Order waited, long dueMicros) {
        millrace.events()
                .publish(
                        Patient.EVENT,
                        new Order(
                                waited.id(),
                                dueMicros,
                                waited.customer(),
                                waited.street(),
                                waited.city(),
                                waited.currency(),
                                waited.lines(),
                                waited.note()));
    }

    private Figures warm(int rate, Duration length) throws InterruptedException {
        forget();
        var rhythm = new Rhythm();
        int runs = (int) Math.max(1, length.toMillis() * rate / 1_000);
        for (int i = 0; i < runs; i++) {
            var task = task(0);
            var start = Duration.ofNanos(i * 1_000_000_000L / rate);
            rhythm.at(start, due -> client.start(task)).at(start.plus(WARM), due -> publish(task.order(), due));
        }
        return gone(runs, rhythm.play());
    }

    private void forget() {
        workflow.taken();
        workflow.gone().drainPermits();
        workflow.waiting().drainPermits();
    }

    /** Waits until so many runs have gone on; says how many have, and how long each took after its event. */
    private Figures gone(int runs, long failed) throws InterruptedException {
        int there = arrived(workflow.gone(), runs - (int) failed, LAST_ONES);
        var taken = workflow.taken();
        var figures = Figures.none()
                .with("failed", runs - there)
                .with("warm", taken.warm().size())
                .with("evicted", taken.evicted().size());
        return millis(millis(figures, "warmMillis", taken.warm()), "evictedMillis", taken.evicted());
    }

    private static Figures millis(Figures figures, String name, Samples micros) {
        return micros.size() == 0 ? figures : figures.withMillis(name, micros);
    }

    /** How many permits there are, at most so many, after a time at the latest. */
    private static int arrived(Semaphore permits, int wanted, Duration limit) throws InterruptedException {
        return permits.tryAcquire(wanted, limit.toMillis(), TimeUnit.MILLISECONDS) ? wanted : permits.drainPermits();
    }

    private Figures fill(int runs, int checkpoints, boolean alone) throws InterruptedException {
        forget();
        var tasks = new ArrayList<Patient.Task>(runs);
        for (int i = 0; i < runs; i++) {
            tasks.add(task(checkpoints));
        }
        long began = System.nanoTime();
        if (alone) {
            for (var task : tasks) {
                client.start(task);
                require(arrived(workflow.waiting(), 1, ALL_THERE), 1);
            }
        } else {
            var next = new AtomicInteger();
            Crew.of(STARTERS, () -> {
                for (int first = next.getAndAdd(AT_ONCE); first < runs; first = next.getAndAdd(AT_ONCE)) {
                    client.startAll(tasks.subList(first, Math.min(runs, first + AT_ONCE)));
                }
            });
            require(arrived(workflow.waiting(), runs, ALL_THERE), runs);
        }
        tasks.forEach(task -> waiting.add(task.order()));
        Collections.shuffle(waiting, random);
        var figures = Figures.none().with("perSecond", runs / ((System.nanoTime() - began) / 1e9));
        return millis(figures, "checkpointMillis", workflow.taken().checkpoints());
    }

    private static void require(int there, int wanted) {
        if (there < wanted) {
            throw new IllegalStateException("Only " + there + " of " + wanted + " runs have come to their wait after "
                    + ALL_THERE.toSeconds() + " s.");
        }
    }

    private Figures publish(int rate, Duration length) throws InterruptedException {
        forget();
        Deque<Order> next = new ArrayDeque<>(waiting);
        int runs = (int) Math.min(next.size(), Math.max(1, length.toMillis() * rate / 1_000));
        var rhythm = new Rhythm();
        for (int i = 0; i < runs; i++) {
            var order = next.remove();
            rhythm.at(Duration.ofNanos(i * 1_000_000_000L / rate), due -> publish(order, due));
        }
        waiting = new ArrayList<>(next);
        return gone(runs, rhythm.play());
    }

    /** A start is acknowledged once it is stored: one commit, and a message each way, as for a checkpoint. */
    private Figures acknowledge(int starts) throws InterruptedException {
        forget();
        var micros = new Samples();
        for (int i = 0; i < starts; i++) {
            var task = task(0);
            long began = System.nanoTime();
            client.start(task);
            micros.add((System.nanoTime() - began) / 1_000);
        }
        require(arrived(workflow.waiting(), starts, ALL_THERE), starts);
        return Figures.none().withMillis("acknowledgedMillis", micros);
    }
}
