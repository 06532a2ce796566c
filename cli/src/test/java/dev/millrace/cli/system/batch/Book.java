package dev.millrace.cli.system.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A file with a line for every call, which outlives the process that made it; and files that say when a call may end. */
public final class Book {
    private final Path folder;
    private final ConcurrentHashMap<String, Boolean> seen = new ConcurrentHashMap<>();

    /** In a folder that is there. */
    public Book(Path folder) {
        this.folder = folder;
    }

    synchronized void note(String line) throws IOException {
        Files.writeString(folder.resolve("book"), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The worker that writes it has started. */
    void open() throws IOException {
        Files.writeString(folder.resolve("open"), "");
    }

    /** Whether a worker that writes it has started since this was asked last. */
    public boolean isOpen() throws IOException {
        return Files.deleteIfExists(folder.resolve("open"));
    }

    /** What has been called, by this process or by others. */
    public List<String> lines() throws IOException {
        var book = folder.resolve("book");
        return Files.exists(book) ? Files.readAllLines(book) : List.of();
    }

    boolean isFirst(String id) {
        return seen.put(id, true) == null;
    }

    /** What begins with "held" goes on when it is let go. */
    void awaitLeave(String id) throws InterruptedException {
        for (int i = 0; id.startsWith("held") && i < 1_200 && !Files.exists(folder.resolve("leave")); i++) {
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
    }

    /** Lets go what is held. */
    public void leave() throws IOException {
        Files.writeString(folder.resolve("leave"), "");
    }
}
