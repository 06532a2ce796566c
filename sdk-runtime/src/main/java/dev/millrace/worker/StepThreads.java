package dev.millrace.worker;

import dev.millrace.connection.TaskPool;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

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
        return new StepThreads(TaskPool.named("millrace-step-"), false);
    }
}
