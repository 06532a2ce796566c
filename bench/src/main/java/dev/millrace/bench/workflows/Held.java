package dev.millrace.bench.workflows;

import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One step that keeps its slot for as long as it is held, so that runs queue up behind it. */
@Workflow("bench-held")
public class Held {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition letGo = lock.newCondition();
    private boolean held;

    /** From now on attempts wait, or no longer. */
    public void hold(boolean hold) {
        lock.lock();
        try {
            held = hold;
            letGo.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Step(timeout = "10m")
    Receipt handle(Order order) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (held) {
                letGo.await();
            }
        } finally {
            lock.unlock();
        }
        return new Receipt(order, Receipt.nowMicros());
    }
}
