package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.load.Crew;
import dev.millrace.bench.workflows.Order;
import dev.millrace.bench.workflows.Paced;
import dev.millrace.bench.workflows.PacedClient;
import dev.millrace.bench.workflows.Receipt;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunHandle;
import dev.millrace.rest.RestClient;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.model.AttemptState;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The runs of {@link Paced} that a trial starts, and what becomes of them. For one thread. */
final class Population {
    /** More than keep the control plane busy: they wait for acknowledgements most of the time. */
    private static final int STARTERS = 8;

    private static final int AT_ONCE = 256;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    private final Paced workflow;
    private final PacedClient client;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final ConcurrentLinkedQueue<RunHandle<Receipt>> kept = new ConcurrentLinkedQueue<>();

    Population(Millrace millrace, Paced workflow) {
        this.client = new PacedClient(millrace);
        this.workflow = workflow;
    }

    /**
     * Starts so many runs.
     *
     * @param keep whether they are asked for later, by {@link #ends}
     * @return {@code startsPerSecond}
     */
    Figures fill(long runs, boolean keep) {
        var began = System.nanoTime();
        var before = acknowledged.get();
        var next = new AtomicLong();
        Crew.of(STARTERS, () -> {
            for (var first = next.getAndAdd(AT_ONCE); first < runs; first = next.getAndAdd(AT_ONCE)) {
                var handles = start((int) Math.min(AT_ONCE, runs - first));
                if (keep) {
                    kept.addAll(handles);
                }
            }
        });
        return Figures.none().with("startsPerSecond", (acknowledged.get() - before) / seconds(began));
    }

    /**
     * Starts as many as are done, for so long: the number of those that wait or run stays at the level.
     *
     * @return {@code runsPerSecond}, by what the worker has done; {@code level}, how many waited or ran at the end
     */
    Figures keep(long level, Duration length) {
        var began = System.nanoTime();
        var before = workflow.executions();
        var over = new AtomicBoolean();
        Crew.of(STARTERS, () -> {
            while (!over.get()) {
                if (System.nanoTime() - began >= length.toNanos()) {
                    over.set(true);
                    return;
                }
                var missing = level - waiting();
                if (missing <= 0) {
                    TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
                } else {
                    start((int) Math.min(AT_ONCE, missing));
                }
            }
        });
        return Figures.none()
                .with("runsPerSecond", (workflow.executions() - before) / seconds(began))
                .with("level", waiting());
    }

    private long waiting() {
        return acknowledged.get() - workflow.executions();
    }

    private List<RunHandle<Receipt>> start(int runs) {
        var orders = new ArrayList<Order>(runs);
        for (int i = 0; i < runs; i++) {
            orders.add(Order.of(numbers.incrementAndGet(), 0));
        }
        var handles = client.startAll(orders);
        acknowledged.addAndGet(handles.size());
        return handles;
    }

    /**
     * Waits for the ends of all runs that were kept.
     *
     * @param limit how long the worker may do nothing before the rest counts as lost
     * @return {@code ended} well, {@code failed}, {@code lost}
     */
    Figures ends(Duration limit) throws InterruptedException {
        var failed = new LongAdder();
        var ended = new LinkedBlockingQueue<Boolean>();
        var handles = List.copyOf(kept);
        kept.clear();
        for (var handle : handles) {
            handle.ended().whenComplete((end, failure) -> {
                if (failure != null || end.result().isEmpty()) {
                    failed.increment();
                }
                ended.add(true);
            });
        }
        int seen = 0;
        while (seen < handles.size() && ended.poll(limit.toMillis(), TimeUnit.MILLISECONDS) != null) {
            seen++;
        }
        return Figures.none()
                .with("ended", seen - failed.sum())
                .with("failed", failed.sum())
                .with("lost", handles.size() - seen);
    }

    /**
     * Reads the stored history of every run that the step was called for again, or after an instant.
     *
     * @return {@code duplicated}: of how many of them a task succeeded more than once; {@code calledAgain}, {@code read}
     */
    Figures duplicates(long sinceMicros, String url, String token) {
        var runs = new ConcurrentLinkedQueue<>(workflow.calledAgainOrAfter(sinceMicros));
        var read = runs.size();
        var duplicated = new LongAdder();
        try (var rest = RestClient.builder(URI.create(url)).token(token).build()) {
            var api = new RunsApi(rest);
            Crew.of(STARTERS, () -> {
                for (var run = runs.poll(); run != null; run = runs.poll()) {
                    if (succeededTwice(api, run)) {
                        duplicated.increment();
                    }
                }
            });
        }
        var figures = Figures.none()
                .with("duplicated", duplicated.sum())
                .with("calledAgain", workflow.calledAgain())
                .with("read", read);
        workflow.forget();
        return figures;
    }

    private static boolean succeededTwice(RunsApi api, String run) {
        return api.getRun(UUID.fromString(run)).getTasks().stream()
                .anyMatch(task -> task.getAttempts().stream()
                                .filter(attempt -> attempt.getState() == AttemptState.SUCCEEDED)
                                .count()
                        > 1);
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }
}
