package dev.millrace.worker;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where steps run: each attempt on a virtual thread of its own where the JVM has them (21 and newer), else on a pooled
 * platform thread. How many run at a time is the control plane's doing: it assigns against free slots.
 */
record StepThreads(ExecutorService executor, boolean virtual) {

    /** The best that this JVM has. */
    static StepThreads best() {
        try {
            var builder = Thread.class.getMethod("ofVirtual").invoke(null);
            var type = Class.forName("java.lang.Thread$Builder");
            var named = type.getMethod("name", String.class, long.class).invoke(builder, "millrace-step-", 1L);
            var factory = (ThreadFactory) type.getMethod("factory").invoke(named);
            var executor = (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, factory);
            return new StepThreads(executor, true);
        } catch (ReflectiveOperationException | UnsupportedOperationException e) {
            return platform(); // an older JVM, or one that keeps them for previews
        }
    }

    /** Platform threads, made as they are needed and kept for a minute. */
    static StepThreads platform() {
        var number = new AtomicLong();
        var pool = new StepPool(
                task -> {
                    var thread = new Thread(task, "millrace-step-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                TimeUnit.MINUTES.toNanos(1));
        return new StepThreads(pool, false);
    }
}
