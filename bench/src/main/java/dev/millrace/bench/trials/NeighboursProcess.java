package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.load.Crew;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.workflows.OneStep;
import dev.millrace.bench.workflows.OneStepClient;
import dev.millrace.bench.workflows.Order;
import dev.millrace.bench.workflows.Receipt;
import dev.millrace.client.Millrace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The workers and clients of all tenants of {@link Neighbours} in one process, each with a connection of its own. It carries out the
 * lines that it reads, and answers each with figures.
 */
final class NeighboursProcess {
    private static final int CONNECTORS = 16;
    private static final int CALLERS = 64;
    private static final Duration LAST_RUNS = Duration.ofSeconds(60);
    private static final long LEAD_MICROS = 50_000;

    private final List<OneStepClient> clients;
    private final Random random = new Random(5);
    private long numbers;

    private NeighboursProcess(List<OneStepClient> clients) {
        this.clients = clients;
    }

    /** Who asks for how much; so many starts a second in all and so many milliseconds follow the word. */
    enum Load {
        /** All tenants start runs one by one. */
        LIGHT,
        /** All tenants start a hundred runs at once, a hundredth as often. */
        HEAVY,
        /** One tenant of a hundred starts a hundred at once, the others one, and all as often. */
        MIXED;

        int batch(int tenant) {
            return switch (this) {
                case LIGHT -> 1;
                case HEAVY -> Neighbours.TIMES;
                case MIXED -> Neighbours.isHeavy(tenant) ? Neighbours.TIMES : 1;
            };
        }

        /** Requests a second, so that the starts in all are as many. */
        double requests(int starts, int tenants) {
            long batches = 0;
            for (int tenant = 0; tenant < tenants; tenant++) {
                batches += batch(tenant);
            }
            return (double) starts * tenants / batches;
        }
    }

    /** @param words how many tenants, and how many slots the worker of each has */
    public static void main(String[] words) {
        int tenants = Integer.parseInt(words[0]);
        int slots = Integer.parseInt(words[1]);
        var connections = new ArrayList<Millrace>();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try {
            connect(tenants, slots, connections);
            Child.say("ready");
            var process = new NeighboursProcess(
                    connections.stream().map(OneStepClient::new).toList());
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                var order = line.split(" ");
                Child.say(process.load(
                                Load.valueOf(order[0]),
                                Integer.parseInt(order[1]),
                                Duration.ofMillis(Long.parseLong(order[2])))
                        .line());
            }
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        // A thousand orderly goodbyes would take a while, and nobody is waiting for them.
        Runtime.getRuntime().halt(0);
    }

    private static void connect(int tenants, int slots, List<Millrace> connections) {
        var tokens = TenantTokens.like(System.getenv("MILLRACE_TOKEN"));
        for (int tenant = 1; tenant <= tenants; tenant++) {
            connections.add(Millrace.builder().token(tokens.of(tenant)).connect());
        }
        var next = new AtomicInteger();
        Crew.of(CONNECTORS, () -> {
            for (int i = next.getAndIncrement(); i < tenants; i = next.getAndIncrement()) {
                var worker = connections
                        .get(i)
                        .worker(new OneStep())
                        .slots(slots)
                        .name("bench")
                        .start();
                if (!worker.awaitConnected(Duration.ofSeconds(60))) {
                    throw new IllegalStateException("The control plane does not take the worker of tenant " + i + ".");
                }
                // The first call of a client opens its stream, which is not what is measured.
                new OneStepClient(connections.get(i)).run(Order.of(0, 0));
            }
        });
    }

    /** One request: who, and when it is due. */
    private record Request(int tenant, int batch, long dueMicros, long firstNumber) {}

    private List<Request> requests(Load load, int rate, Duration length) {
        double gapMicros = 1e6 / load.requests(rate, clients.size());
        long began = Receipt.nowMicros() + LEAD_MICROS;
        var requests = new ArrayList<Request>();
        for (double due = 0; due < length.toNanos() / 1e3; due += gapMicros) {
            int tenant = random.nextInt(clients.size());
            int batch = load.batch(tenant);
            requests.add(new Request(tenant, batch, began + (long) due, numbers));
            numbers += batch;
        }
        return requests;
    }

    private Figures load(Load load, int rate, Duration length) throws InterruptedException {
        System.gc(); // now, and not while the clock is running
        var requests = requests(load, rate, length);
        int starts = requests.stream().mapToInt(Request::batch).sum();
        var times = new TenantTimes(clients.size());
        var open = new Semaphore(0);
        var failed = new AtomicLong();
        var late = new AtomicLong();
        var next = new AtomicInteger();
        Crew.of(CALLERS, () -> {
            for (int i = next.getAndIncrement(); i < requests.size(); i = next.getAndIncrement()) {
                var request = requests.get(i);
                late.accumulateAndGet(await(request.dueMicros), Math::max);
                start(request, times, open, failed);
            }
        });
        if (!open.tryAcquire(starts, LAST_RUNS.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException((starts - open.availablePermits()) + " of " + starts
                    + " runs have not ended " + LAST_RUNS.toSeconds() + " s after the load.");
        }
        var figures = Figures.none().with("failed", failed.get()).with("lateMillis.max", late.get() / 1e3);
        return switch (load) {
            case LIGHT, HEAVY -> figures.and(times.figures(tenant -> true).under("all"));
            case MIXED ->
                figures.and(times.figures(tenant -> !Neighbours.isHeavy(tenant)).under("light"))
                        .and(times.figures(Neighbours::isHeavy).under("heavy"));
        };
    }

    private void start(Request request, TenantTimes times, Semaphore open, AtomicLong failed) {
        var orders = new ArrayList<Order>(request.batch);
        for (int i = 0; i < request.batch; i++) {
            orders.add(Order.of(request.firstNumber + i, request.dueMicros));
        }
        var client = clients.get(request.tenant);
        var handles = orders.size() == 1 ? List.of(client.start(orders.get(0))) : client.startAll(orders);
        for (var handle : handles) {
            handle.ended().whenComplete((end, failure) -> {
                if (failure != null || end.result().isEmpty()) {
                    failed.incrementAndGet();
                } else {
                    times.add(request.tenant, end.result().get().enteredMicros() - request.dueMicros);
                }
                open.release();
            });
        }
    }

    /** Waits for an instant; returns how much later it is then. */
    private static long await(long dueMicros) throws InterruptedException {
        for (long rest = dueMicros - Receipt.nowMicros(); rest > 0; rest = dueMicros - Receipt.nowMicros()) {
            LockSupport.parkNanos(rest * 1_000);
            if (Thread.interrupted()) {
                throw new InterruptedException("The load was interrupted.");
            }
        }
        return Receipt.nowMicros() - dueMicros;
    }
}
