package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Samples;
import dev.millrace.bench.load.Crew;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.workflows.Asleep;
import dev.millrace.bench.workflows.AsleepClient;
import dev.millrace.bench.workflows.Order;
import dev.millrace.bench.workflows.Receipt;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunHandle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Worker and client of {@link Sleeping} in one process. It carries out the lines that it reads, and answers each with figures. */
final class SleepersProcess {
    private static final int STARTERS = 8;
    private static final int AT_ONCE = 256;

    private final AsleepClient client;
    private final AtomicLong numbers = new AtomicLong();
    private final ConcurrentLinkedQueue<RunHandle<Receipt>> sample = new ConcurrentLinkedQueue<>();

    private SleepersProcess(Millrace millrace) {
        this.client = new AsleepClient(millrace);
    }

    /** What it can be asked to do; numbers follow the word. */
    enum Task {
        /** Starts so many runs that sleep for a month. */
        START,
        /** Starts so many runs that sleep until so many microseconds since the epoch, and keeps them for {@link #WOKEN}. */
        SAMPLE,
        /** Waits for the ends of those, with so many seconds between two. */
        WOKEN
    }

    /** @param words the number of slots */
    public static void main(String[] words) throws IOException, InterruptedException {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var millrace = Millrace.connect();
                var worker = millrace.worker(new Asleep())
                        .slots(Integer.parseInt(words[0]))
                        .name("bench")
                        .drainTimeout(Duration.ofSeconds(5))
                        .start()) {
            if (!worker.awaitConnected(Duration.ofSeconds(30))) {
                throw new IllegalStateException("The control plane does not take the worker.");
            }
            Child.say("ready");
            var process = new SleepersProcess(millrace);
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                var task = line.split(" ");
                Child.say(process.carryOut(Task.valueOf(task[0]), task).line());
            }
        }
    }

    private Figures carryOut(Task task, String[] words) throws InterruptedException {
        long number = Long.parseLong(words[1]);
        return switch (task) {
            case START -> start(number, Asleep.farMicros(), false);
            case SAMPLE -> start(number, Long.parseLong(words[2]), true);
            case WOKEN -> woken(Duration.ofSeconds(number));
        };
    }

    private Figures start(long runs, long untilMicros, boolean keep) {
        var began = System.nanoTime();
        var next = new AtomicLong();
        var started = new AtomicLong();
        Crew.of(STARTERS, () -> {
            for (var first = next.getAndAdd(AT_ONCE); first < runs; first = next.getAndAdd(AT_ONCE)) {
                var orders = new ArrayList<Order>();
                for (var i = first; i < Math.min(runs, first + AT_ONCE); i++) {
                    orders.add(Order.of(numbers.incrementAndGet(), untilMicros));
                }
                var handles = client.startAll(orders);
                started.addAndGet(handles.size());
                if (keep) {
                    sample.addAll(handles);
                }
            }
        });
        return Figures.none()
                .with("started", started.get())
                .with("startsPerSecond", started.get() / ((System.nanoTime() - began) / 1e9));
    }

    /** @return {@code ended} well, {@code failed}, {@code silent}; of those that ended how late they went on */
    private Figures woken(Duration limit) throws InterruptedException {
        var failed = new LongAdder();
        var late = new Samples();
        var ended = new LinkedBlockingQueue<Boolean>();
        var handles = List.copyOf(sample);
        sample.clear();
        for (var handle : handles) {
            handle.ended().whenComplete((end, failure) -> {
                if (failure != null || end.result().isEmpty()) {
                    failed.increment();
                } else {
                    var receipt = end.result().get();
                    late.add(receipt.enteredMicros() - receipt.order().dueMicros());
                }
                ended.add(true);
            });
        }
        int seen = 0;
        while (seen < handles.size() && ended.poll(limit.toMillis(), TimeUnit.MILLISECONDS) != null) {
            seen++;
        }
        var figures = Figures.none()
                .with("ended", seen - failed.sum())
                .with("failed", failed.sum())
                .with("silent", handles.size() - seen);
        return late.size() == 0 ? figures : figures.withMillis("late", late).with("tooEarly", late.below(0));
    }
}
