package dev.millrace.bench.trials;

import dev.millrace.TypeRef;
import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.load.Rhythm;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.workflows.Heard;
import dev.millrace.bench.workflows.Order;
import dev.millrace.bench.workflows.Receipt;
import dev.millrace.client.Millrace;
import dev.millrace.codec.JacksonCodec;
import dev.millrace.expression.Expressions;
import dev.millrace.expression.Scope;
import dev.millrace.expression.ValueType;
import dev.millrace.manifest.Json;
import dev.millrace.rest.EventsApi;
import dev.millrace.rest.FiltersApi;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.model.CreateFilter;
import dev.millrace.rest.model.EventItem;
import dev.millrace.rest.model.PublishEvents;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Worker and publisher of {@link Events} in one process. It carries out the lines that it reads, and answers each with figures. */
final class EventsProcess {
    private static final int EVENTS_OF_A_REQUEST = 500;
    private static final int PUBLISHERS = 3;
    private static final Duration STRAGGLERS = Duration.ofSeconds(30);

    private final EventsApi events;
    private final FiltersApi filters;
    private final Heard workflow;
    private final JacksonCodec codec = new JacksonCodec();
    private final AtomicLong number = new AtomicLong();

    private EventsProcess(Millrace millrace, Heard workflow) {
        this.events = new EventsApi(millrace.rest());
        this.filters = new FiltersApi(millrace.rest());
        this.workflow = workflow;
    }

    /** What it can be asked to do; numbers follow the word. */
    enum Task {
        /** Makes so many filters that ask for other events. */
        FILTERS,
        /** Publishes so many events a second, each of which starts a run, for so many milliseconds. */
        MATCHED,
        /** Publishes events that nobody asks for, as fast as they go, for so many milliseconds. */
        UNMATCHED,
        /** Holds an event against a filter, for so many milliseconds. */
        EVALUATE
    }

    /** @param words the number of slots */
    public static void main(String[] words) throws IOException, InterruptedException {
        var workflow = new Heard();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var millrace = Millrace.connect();
                var worker = millrace.worker(workflow)
                        .slots(Integer.parseInt(words[0]))
                        .name("bench")
                        .start()) {
            if (!worker.awaitConnected(Duration.ofSeconds(30))) {
                throw new IllegalStateException("The control plane does not take the worker.");
            }
            Child.say("ready");
            var process = new EventsProcess(millrace, workflow);
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                var order = line.split(" ");
                Child.say(process.carryOut(Task.valueOf(order[0]), order).line());
            }
        }
    }

    private Figures carryOut(Task order, String[] words) throws InterruptedException {
        return switch (order) {
            case FILTERS -> makeFilters(Integer.parseInt(words[1]));
            case MATCHED -> matched(Integer.parseInt(words[1]), Duration.ofMillis(Long.parseLong(words[2])));
            case UNMATCHED -> unmatched(Duration.ofMillis(Long.parseLong(words[1])));
            case EVALUATE -> evaluate(Duration.ofMillis(Long.parseLong(words[1])));
        };
    }

    private Figures makeFilters(int count) {
        for (int i = 0; i < count; i++) {
            filters.createFilter(new CreateFilter()
                    .workflow("bench-heard")
                    .event("bench.other." + i)
                    .where("event.lines.size() > " + i % 7 + " && event.currency == 'EUR'"));
        }
        return Figures.none().with("filters", count);
    }

    private EventItem item(String name, long dueMicros) {
        var order = Order.of(number.getAndIncrement(), dueMicros);
        return new EventItem()
                .name(name)
                .data(new RawJson(new String(codec.write(order, TypeRef.of(Order.class)), StandardCharsets.UTF_8)));
    }

    /** One event a request, at fixed instants. */
    private Figures matched(int rate, Duration length) throws InterruptedException {
        workflow.taken(0, Duration.ZERO);
        var sent = new AtomicInteger();
        long refused = new Rhythm()
                .every(rate, length, due -> {
                    sent.incrementAndGet();
                    events.publishEvents(new PublishEvents().items(List.of(item("bench.heard", due))));
                })
                .play();
        var micros = workflow.taken(sent.get() - (int) refused, STRAGGLERS);
        return Figures.none()
                .with("published", sent.get())
                .with("started", micros.size())
                .with("failed", sent.get() - micros.size())
                .withMillis("startMillis", micros);
    }

    private Figures unmatched(Duration length) throws InterruptedException {
        var published = new AtomicLong();
        var failed = new AtomicLong();
        List<EventItem> items = new ArrayList<>();
        for (int i = 0; i < EVENTS_OF_A_REQUEST; i++) {
            items.add(item("bench.unheard", Receipt.nowMicros()));
        }
        long began = System.nanoTime();
        var publishers = Executors.newFixedThreadPool(PUBLISHERS);
        for (int i = 0; i < PUBLISHERS; i++) {
            publishers.execute(() -> {
                while (System.nanoTime() - began < length.toNanos()) {
                    for (var result : events.publishEvents(new PublishEvents().items(items))
                            .getItems()) {
                        (result.getError() == null ? published : failed).incrementAndGet();
                    }
                }
            });
        }
        publishers.shutdown();
        if (!publishers.awaitTermination(length.plus(STRAGGLERS).toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("Events are still being published.");
        }
        return Figures.none()
                .with("perSecond", published.get() * 1e9 / (System.nanoTime() - began))
                .with("failed", failed.get());
    }

    /** From the bytes of an event, as the server does it, by the time that this thread had a processor. */
    private Figures evaluate(Duration length) {
        var filter = new Expressions(Scope.of(Map.of("event", ValueType.ANY)))
                .compile(
                        "event.currency in ['EUR', 'CHF'] && event.lines.exists(line, line.quantity > 1)",
                        Expressions.Purpose.CONDITION);
        var order = codec.write(Order.of(1, 1), TypeRef.of(Order.class));
        // About a kilobyte.
        var event = ("{\"more\":\"" + "x".repeat(Math.max(0, 1_000 - order.length)) + "\","
                        + new String(order, StandardCharsets.UTF_8).substring(1))
                .getBytes(StandardCharsets.UTF_8);
        var threads = ManagementFactory.getThreadMXBean();
        long count = 0;
        long began = threads.getCurrentThreadCpuTime();
        while (threads.getCurrentThreadCpuTime() - began < length.toNanos()) {
            for (int i = 0; i < 1_000; i++, count++) {
                if (!filter.holds(Map.of("event", Json.read(event)))) {
                    throw new IllegalStateException("The filter must hold.");
                }
            }
        }
        return Figures.none()
                .with("perSecond", count * 1e9 / (threads.getCurrentThreadCpuTime() - began))
                .with("bytes", event.length);
    }
}
