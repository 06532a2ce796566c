package dev.millrace.bench.load;

import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Threads that do the same side by side. */
public final class Crew {
    private Crew() {}

    /** What each of them does. */
    public interface Task {
        void run() throws InterruptedException;
    }

    /**
     * Does the task on so many threads and waits for all of them.
     *
     * @throws RuntimeException what one of them threw
     */
    public static void of(int size, Task task) {
        var done = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < size; i++) {
            var result = new CompletableFuture<Void>();
            var thread = new Thread(
                    () -> {
                        try {
                            task.run();
                            result.complete(null);
                        } catch (InterruptedException | RuntimeException | Error e) {
                            result.completeExceptionally(e);
                        }
                    },
                    "load-" + i);
            thread.setDaemon(true);
            thread.start();
            done.add(result);
        }
        try {
            CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("The load failed: " + e.getCause(), e.getCause());
        }
    }
}
