package dev.millrace.worker;

import dev.millrace.wire.worker.v1.AttemptRef;
import dev.millrace.worker.LocalWorker.Listener;
import dev.millrace.worker.durable.DurableHost;
import dev.millrace.worker.durable.NewAction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Durable code on a {@link LocalWorker}: everything happens on one thread, so branches run where they begin, and code that would have to
 * wait leaves at once.
 */
record LocalHost(AttemptRef attempt, Clock clock, Listener listener, Purse purse) implements DurableHost {

    @Override
    public void tell(NewAction action) {
        purse.news()
                .map(spent -> DurableWire.spentSoFar(attempt, spent))
                .ifPresent(news -> listener.spent(news.toByteArray()));
        listener.made(DurableWire.made(attempt, action).toByteArray());
    }

    /** Whatever is emitted here is stored at once. */
    @Override
    public void storeItems() {}

    @Override
    public void read(String child) {
        listener.reads(DurableWire.read(attempt, child).toByteArray());
    }

    @Override
    public void run(Runnable branch) {
        branch.run();
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void pause(Duration duration) {
        listener.pause(duration);
    }

    @Override
    public boolean waits() {
        return false;
    }

    @Override
    public Duration patience() {
        return Duration.ZERO;
    }

    /** Nobody can be interrupted on the only thread there is; what took too long is noticed when it ends. */
    @Override
    public Watch watch(Duration limit) {
        var end = clock.instant().plus(limit);
        return () -> clock.instant().isAfter(end);
    }
}
