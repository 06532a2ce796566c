package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.triggers.events.EventHistory;
import dev.millrace.controlplane.triggers.events.Occurrence;
import dev.millrace.engine.TenantId;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the events that are stored already against those who begin to wait. All who begin while events of a name are gone through go
 * together the next time, so many of them cost no more than one. Safe for use by several threads.
 */
@Singleton
final class LookBack {
    private static final Logger LOG = LoggerFactory.getLogger(LookBack.class);
    private static final int EVENTS_AT_ONCE = 200;
    private static final int WAITERS_AT_ONCE = 20_000;
    private static final long DEADLINE_SECONDS = 30;
    private static final long PAUSE_MILLIS = 1_000;

    private record Place(TenantId tenant, String event) {}

    private final EventHistory history;
    private final ExecutorService blocking;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "waits-later");
        thread.setDaemon(true);
        return thread;
    });
    /** Who is to look, by what they wait for; a place is here while somebody works for it. Guarded by itself. */
    private final Map<Place, List<Waiter>> wanted = new HashMap<>();

    LookBack(EventHistory history, @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.history = history;
        this.blocking = blocking;
    }

    /** Looks for what the waiter waits for among the events that are stored, soon. */
    void look(Waiter waiter, EventWaits waits) {
        var place = new Place(waiter.wait.name().tenant(), waiter.event());
        boolean idle;
        synchronized (wanted) {
            idle = !wanted.containsKey(place);
            wanted.computeIfAbsent(place, any -> new ArrayList<>()).add(waiter);
        }
        if (idle) {
            execute(place, waits);
        }
    }

    private void execute(Place place, EventWaits waits) {
        try {
            blocking.execute(() -> work(place, waits));
        } catch (RejectedExecutionException e) {
            LOG.debug("The server stops; who waits for {} looks back when it has started again.", place.event());
        }
    }

    private void work(Place place, EventWaits waits) {
        for (var some = next(place); !some.isEmpty(); some = next(place)) {
            try {
                scan(place, some, waits);
                for (var waiter : some) {
                    if (waits.isOpen(waiter) && waiter.looksAgain()) {
                        look(waiter, waits);
                    }
                }
            } catch (RuntimeException | TimeoutException | ExecutionException e) {
                LOG.warn(
                        "{} steps that wait for event {} could not look back now; they do so again: {}",
                        some.size(),
                        place.event(),
                        e.getMessage());
                var again = some;
                later.schedule(() -> again.forEach(waiter -> look(waiter, waits)), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Those who look next; when there are none, nobody works for the place any more. */
    private List<Waiter> next(Place place) {
        synchronized (wanted) {
            var all = wanted.get(place);
            var some = new ArrayList<>(all.subList(0, Math.min(WAITERS_AT_ONCE, all.size())));
            if (some.isEmpty()) {
                wanted.remove(place);
            } else {
                all.subList(0, some.size()).clear();
            }
            return some;
        }
    }

    private void scan(Place place, List<Waiter> some, EventWaits waits)
            throws InterruptedException, ExecutionException, TimeoutException {
        var looking = new WaiterIndex();
        some.stream().filter(waits::isOpen).forEach(looking::add);
        var at = some.stream()
                .map(Waiter::seen)
                .min(Comparator.comparing(UUID::toString))
                .orElseThrow();
        while (!looking.isEmpty()) {
            var found = history.after(place.tenant(), place.event(), at, EVENTS_AT_ONCE);
            for (var occurrence : found) {
                at = occurrence.id();
                hold(occurrence, looking, waits);
            }
            if (found.size() < EVENTS_AT_ONCE) {
                break;
            }
        }
        for (var waiter : some) {
            if (waiter.seen().toString().compareTo(at.toString()) < 0) {
                waiter.saw(at);
            }
        }
    }

    private static void hold(Occurrence occurrence, WaiterIndex looking, EventWaits waits)
            throws InterruptedException, ExecutionException, TimeoutException {
        var event = occurrence.event();
        for (var waiter : looking.candidates(occurrence.tenant(), occurrence.name(), event)) {
            boolean isLater = occurrence.id().toString().compareTo(waiter.seen().toString()) > 0;
            if (isLater && waits.fits(waiter, occurrence, event)) {
                var brought =
                        waits.bring(waiter, occurrence).toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
                if (brought.isPresent()) {
                    looking.remove(waiter);
                }
            }
        }
    }

    @PreDestroy
    void close() {
        later.shutdownNow();
    }
}
