package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.load.Crew;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.workflows.Keyed;
import dev.millrace.bench.workflows.KeyedClient;
import dev.millrace.bench.workflows.Order;
import dev.millrace.client.Millrace;
import dev.millrace.worker.Worker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Worker and client of {@link Fairness} in one process. It carries out the lines that it reads, and answers each with figures. */
final class FairnessProcess {
    private static final int STARTERS = 4;
    private static final int AT_ONCE = 100;
    /** So long nobody is served before it counts as a fault. */
    private static final Duration STANDSTILL = Duration.ofSeconds(60);

    private final Millrace millrace;
    private final Keyed workflow;
    private final KeyedClient client;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private Optional<Worker> worker = Optional.empty();
    /** One permit for each run that has ended. */
    private Semaphore ended = new Semaphore(0);

    private Map<String, Integer> queued = Map.of();
    private int began;

    private FairnessProcess(Millrace millrace, Keyed workflow) {
        this.millrace = millrace;
        this.workflow = workflow;
        this.client = new KeyedClient(millrace);
    }

    /** What it can be asked to do; numbers follow the word. */
    enum Task {
        /** A worker of so many slots takes the place of the one before. */
        WORKER,
        /** Holds the worker and queues runs: so many keys, so many of each, and of the first so many times as many. */
        QUEUE,
        /** Lets the worker go on, waits for the ends of all, and says how the turns were shared while all keys had something left. */
        SHARES,
        /** Lets the worker go on, starts so many tasks of keys of their own one after the other, and says how many rounds they waited. */
        LONE
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var millrace = Millrace.connect()) {
            var process = new FairnessProcess(millrace, new Keyed());
            Child.say("ready");
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                var order = line.split(" ");
                Child.say(process.carryOut(Task.valueOf(order[0]), order).line());
            }
            process.workflow.hold(false);
            process.worker.ifPresent(Worker::close);
        }
    }

    private Figures carryOut(Task task, String[] words) throws InterruptedException {
        return switch (task) {
            case WORKER -> connect(number(words, 1));
            case QUEUE -> queue(number(words, 1), number(words, 2), number(words, 3));
            case SHARES -> shares();
            case LONE -> lone(number(words, 1));
        };
    }

    private static int number(String[] words, int position) {
        return Integer.parseInt(words[position]);
    }

    private Figures connect(int slots) throws InterruptedException {
        worker.ifPresent(Worker::close);
        var next = millrace.worker(workflow).slots(slots).name("bench").start();
        if (!next.awaitConnected(Duration.ofSeconds(30))) {
            throw new IllegalStateException("The control plane does not take the worker.");
        }
        worker = Optional.of(next);
        return Figures.none().with("slots", slots);
    }

    private Figures queue(int keys, int each, int times) {
        workflow.hold(true);
        began = workflow.count();
        ended = new Semaphore(0);
        failed.set(0);
        var all = new HashMap<String, Integer>();
        var jobs = new ConcurrentLinkedQueue<String>();
        for (int i = 0; i < keys; i++) {
            var key = "key-" + i;
            int runs = i == 0 ? each * times : each;
            all.put(key, runs);
            for (int run = 0; run < runs; run++) {
                jobs.add(key);
            }
        }
        queued = Map.copyOf(all);
        int runs = jobs.size();
        Crew.of(STARTERS, () -> {
            for (var some = some(jobs); !some.isEmpty(); some = some(jobs)) {
                start(some);
            }
        });
        return Figures.none().with("queued", runs);
    }

    private static List<String> some(ConcurrentLinkedQueue<String> jobs) {
        var some = new ArrayList<String>();
        while (some.size() < AT_ONCE) {
            var key = jobs.poll();
            if (key == null) {
                return some;
            }
            some.add(key);
        }
        return some;
    }

    private void start(List<String> keys) {
        var handles = client.startAll(keys.stream()
                .map(key -> new Keyed.Job(key, Order.of(numbers.incrementAndGet(), 0)))
                .toList());
        for (var handle : handles) {
            handle.ended().whenComplete((end, failure) -> {
                if (failure != null || end.result().isEmpty()) {
                    failed.incrementAndGet();
                }
                ended.release();
            });
        }
    }

    private int queuedInAll() {
        return queued.values().stream().mapToInt(runs -> runs).sum();
    }

    /** Whoever was let in before all had queued had nobody to take turns with. */
    private Map<String, Integer> letGo() {
        var entered = workflow.since(began);
        began += entered.size();
        var left = new HashMap<>(queued);
        entered.forEach(key -> left.merge(key, -1, Integer::sum));
        workflow.hold(false);
        return left;
    }

    private Figures shares() throws InterruptedException {
        var left = letGo();
        end(queuedInAll());
        var order = workflow.since(began);
        var contended = order.subList(0, Rounds.contended(order, left));
        return Figures.none()
                .with("jainIndex", Rounds.jain(Rounds.served(contended, queued.keySet())))
                .with("worstJainIndex", Rounds.worstJain(contended, queued.keySet(), 10 * queued.size()))
                .with("turns", contended.size())
                .with("failed", failed.get());
    }

    private Figures lone(int tasks) throws InterruptedException {
        var left = letGo();
        int most = 0;
        long sum = 0;
        for (int i = 0; i < tasks; i++) {
            // Half a round later, so that they come at different places of a round.
            awaitTurns(workflow.count() + queued.size() / 2);
            var key = "lone-" + i;
            start(List.of(key));
            int place = workflow.count();
            var since = workflow.since(place);
            while (!since.contains(key) && !workflow.since(began).contains(key)) {
                awaitTurns(place + since.size() + 1);
                since = workflow.since(place);
            }
            int waited = since.contains(key) ? Rounds.waited(since, key) : 0;
            most = Math.max(most, waited);
            sum += waited;
        }
        var order = workflow.since(began);
        int turns = Rounds.contended(order, left);
        boolean allWaited = turns == order.size();
        end(queuedInAll() + tasks);
        return Figures.none()
                .with("loneTasks", tasks)
                .with("mostRounds", most)
                .with("meanRounds", (double) sum / tasks)
                .with("keysLeft", allWaited ? 1 : 0)
                .with("failed", failed.get());
    }

    /** Waits until so many have been let in. */
    private void awaitTurns(int count) throws InterruptedException {
        long limit = System.nanoTime() + STANDSTILL.toNanos();
        while (workflow.count() < count) {
            if (System.nanoTime() > limit) {
                throw new IllegalStateException("Nobody was served for " + STANDSTILL.toSeconds() + " s.");
            }
            TimeUnit.MICROSECONDS.sleep(200);
        }
    }

    private void end(int runs) throws InterruptedException {
        for (int seen = 0; seen < runs; seen++) {
            if (!ended.tryAcquire(STANDSTILL.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(runs - seen + " of " + runs + " runs have not ended, and none did for "
                        + STANDSTILL.toSeconds() + " s.");
            }
        }
    }
}
