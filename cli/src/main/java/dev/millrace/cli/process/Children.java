package dev.millrace.cli.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The processes of one command. However the command ends, by its own end, by Ctrl-C or by SIGTERM, they are stopped, the
 * one started last first. Safe for use by several threads.
 */
public final class Children implements AutoCloseable {
    private final List<Child> children = new ArrayList<>();
    private final Consumer<String> notes;
    private final Thread atExit;
    private volatile boolean stopping;
    private Optional<String> farewell = Optional.empty();

    private record Child(ChildProcess process, Duration grace) {}

    /** @param notes told what is being stopped */
    public Children(Consumer<String> notes) {
        this.notes = notes;
        this.atExit = new Thread(this::stopAll, "stop-children");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Takes charge of a process.
     *
     * @param grace how long it may take to end in order
     */
    public synchronized ChildProcess add(ChildProcess process, Duration grace) {
        children.add(new Child(process, grace));
        if (stopping) {
            stop(children.get(children.size() - 1));
        }
        return process;
    }

    /** Sets what is noted when all of them are gone. */
    public synchronized void farewell(String note) {
        farewell = Optional.of(note);
    }

    /** Whether the end has begun, so that a child that is gone is no surprise. */
    public boolean isStopping() {
        return stopping;
    }

    /** Stops all of them; returns when they are gone. */
    @Override
    public void close() {
        stopAll();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending already and the hook is at work; stopAll() has waited for it.
        }
    }

    private void stopAll() {
        stopping = true;
        synchronized (this) {
            var newestFirst = new ArrayList<>(children);
            Collections.reverse(newestFirst);
            newestFirst.forEach(this::stop);
            children.clear();
            farewell.ifPresent(notes);
            farewell = Optional.empty();
        }
    }

    private void stop(Child child) {
        if (!child.process().isAlive()) {
            return;
        }
        notes.accept("Stopping the " + child.process().name() + ".");
        if (!child.process().stop(child.grace())) {
            notes.accept("The " + child.process().name() + " did not end within "
                    + child.grace().toSeconds() + " s and was ended by force.");
        }
    }
}
