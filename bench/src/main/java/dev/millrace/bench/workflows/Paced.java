package dev.millrace.bench.workflows;

import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * One step that takes a set time, counts what it does, and can be held like {@link Held}. It may also keep what it was called for,
 * so that one can see what was done more than once.
 */
@Workflow("bench-paced")
public class Paced {
    private final Held gate = new Held();
    private final LongAdder executions = new LongAdder();
    private final Map<String, Call> calls = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition entered = lock.newCondition();
    private volatile Duration work = Duration.ZERO;
    private volatile boolean remembers;
    private volatile long awaitedMicros = Long.MAX_VALUE;
    private long firstMicros;

    private record Call(int times, long lastMicros) {}

    /** From now on attempts wait at the gate, or no longer. */
    public void hold(boolean hold) {
        gate.hold(hold);
    }

    /** How long an attempt takes from now on. */
    public void work(Duration work) {
        this.work = work;
    }

    /** From now on it is kept which runs the step is called for. */
    public void remember() {
        remembers = true;
    }

    /** Forgets the runs for which it was called so far. */
    public void forget() {
        calls.clear();
    }

    /** How often the step was done. */
    public long executions() {
        return executions.sum();
    }

    @Step(timeout = "1h")
    Receipt handle(Order order, StepContext context) throws InterruptedException {
        var now = Receipt.nowMicros();
        if (now >= awaitedMicros) {
            enter(now);
        }
        var receipt = gate.handle(order);
        if (remembers) {
            calls.merge(context.runId(), new Call(1, now), (before, call) -> new Call(before.times + 1, now));
        }
        if (!work.isZero()) {
            TimeUnit.NANOSECONDS.sleep(work.toNanos());
        }
        executions.increment();
        return receipt;
    }

    /** From now on the first call after an instant is waited for. */
    public void await(long micros) {
        lock.lock();
        try {
            firstMicros = 0;
            awaitedMicros = micros;
        } finally {
            lock.unlock();
        }
    }

    private void enter(long now) {
        lock.lock();
        try {
            awaitedMicros = Long.MAX_VALUE;
            if (firstMicros == 0) {
                firstMicros = now;
            }
            entered.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the first call after the instant of {@link #await}.
     *
     * @return when it was
     */
    public long firstCall(Duration limit) throws InterruptedException {
        lock.lock();
        try {
            var left = limit.toNanos();
            while (firstMicros == 0) {
                if (left <= 0) {
                    throw new IllegalStateException("No step was called for " + limit.toSeconds() + " s.");
                }
                left = entered.awaitNanos(left);
            }
            return firstMicros;
        } finally {
            lock.unlock();
        }
    }

    /** Ids of the runs that the step was called for more than once, or last after an instant. */
    public List<String> calledAgainOrAfter(long micros) {
        return calls.entrySet().stream()
                .filter(call -> call.getValue().times > 1 || call.getValue().lastMicros >= micros)
                .map(Map.Entry::getKey)
                .collect(Collectors.toList());
    }

    /** For how many runs the step was called more than once. */
    public long calledAgain() {
        return calls.values().stream().filter(call -> call.times > 1).count();
    }
}
