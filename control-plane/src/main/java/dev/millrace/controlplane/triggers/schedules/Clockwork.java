package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.triggers.schedules.Schedule.Progress;
import dev.millrace.engine.RunId;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fires schedules at their times. One thread knows the next time of each schedule and sleeps until the earliest, at most a second,
 * so that a clock that is set is noticed; the database is asked when something is due, when {@link ScheduleNews} hears that some instance
 * changed anything, and once in {@link #RESYNC} in case that was not heard. Before a schedule is fired its row is read again, so one that was paused or deleted elsewhere is not.
 * Several instances may fire the same tick: its run is started once. Safe for use by several threads.
 */
@Singleton
final class Clockwork {
    private static final Logger LOG = LoggerFactory.getLogger(Clockwork.class);
    static final Duration RESYNC = Duration.ofMinutes(10);
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);
    private static final Duration OVERLAP_OF_SYNCS = Duration.ofSeconds(30);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final int MOST_AT_ONCE = 500;

    private final ScheduleRows rows;
    private final TickStarts starts;
    private final Clock clock;

    /** All guarded by this. */
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();

    private final Map<UUID, Hand> hands = new HashMap<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private Optional<Instant> synced = Optional.empty();
    private boolean news;
    private boolean closed;

    /** When to look at a schedule; void when the schedule's hand has another number. */
    private record Alarm(Instant at, UUID schedule, long number) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            return at.compareTo(other.at);
        }
    }

    /** What is known of a schedule. @param failures how often in a row it could not be fired */
    private record Hand(Schedule schedule, long number, int failures) {}

    /** @param fired empty when it could not be fired now */
    private record Outcome(Schedule schedule, Optional<TickStarts.Fired> fired, int failures) {}

    Clockwork(ScheduleRows rows, TickStarts starts, @Named(SharedClock.NAME) Clock clock) {
        this.rows = rows;
        this.starts = starts;
        this.clock = clock;
    }

    @EventListener
    void started(StartupEvent event) {
        var thread = new Thread(this::run, "schedules");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (true) {
            try {
                turn();
            } catch (RuntimeException e) {
                LOG.warn("Schedules could not be fired: {} It is tried again.", e.getMessage());
            }
            synchronized (this) {
                if (closed) {
                    return;
                }
                try {
                    long millis = sleep().toMillis();
                    if (millis > 0) {
                        wait(millis);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    /** Until the next thing is to be done; a millisecond at least while anything failed, so that nothing spins. */
    private Duration sleep() {
        if (!outcomes.isEmpty() || news) {
            return Duration.ZERO;
        }
        var first = alarms.peek();
        if (first == null || synced.isEmpty()) {
            return LONGEST_SLEEP;
        }
        var until = Duration.between(clock.instant(), first.at());
        return until.compareTo(LONGEST_SLEEP) < 0 ? until.plusNanos(999_999) : LONGEST_SLEEP;
    }

    /** Everything that is to be done now. Does not wait for what it starts. */
    void turn() {
        var now = clock.instant();
        sync(now);
        settle();
        var due = due(now);
        if (!due.isEmpty()) {
            fire(due, now);
        }
    }

    private void sync(Instant now) {
        Optional<Instant> before;
        boolean told;
        synchronized (this) {
            before = synced;
            told = news;
            news = false;
        }
        if (before.isPresent()
                && !told
                && now.isBefore(before.get().plus(RESYNC))
                && !now.isBefore(before.get().minus(RESYNC))) {
            return;
        }
        var found = before.isEmpty()
                ? rows.waiting()
                : rows.changedSince(before.get().minus(OVERLAP_OF_SYNCS));
        found.forEach(this::learn);
        synchronized (this) {
            synced = Optional.of(now);
        }
    }

    /** Some instance has changed something. */
    synchronized void resync() {
        news = true;
        notifyAll();
    }

    /** A schedule is new or has been changed. */
    synchronized void learn(Schedule schedule) {
        var known = hands.get(schedule.id());
        if (known != null && known.schedule().revision() >= schedule.revision()) {
            return;
        }
        set(schedule, 0);
        notifyAll();
    }

    /** A schedule has been deleted. */
    synchronized void forget(UUID schedule) {
        hands.remove(schedule);
    }

    private void set(Schedule schedule, int failures) {
        var next = schedule.progress().nextAt();
        var known = hands.get(schedule.id());
        long number = known == null ? 1 : known.number() + 1;
        if (schedule.paused() || next.isEmpty()) {
            // Kept, so that a row which is read late does not bring it back.
            hands.put(schedule.id(), new Hand(schedule, number, 0));
            return;
        }
        hands.put(schedule.id(), new Hand(schedule, number, failures));
        var at = schedule.startOf(next.get());
        alarms.add(new Alarm(failures == 0 ? at : later(at, failures), schedule.id(), number));
    }

    private Instant later(Instant at, int failures) {
        var pause = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
        var retry = clock.instant().plus(pause.compareTo(LONGEST_RETRY) < 0 ? pause : LONGEST_RETRY);
        return retry.isAfter(at) ? retry : at;
    }

    private synchronized List<Hand> due(Instant now) {
        List<Hand> due = new ArrayList<>();
        while (!alarms.isEmpty() && !alarms.peek().at().isAfter(now) && due.size() < MOST_AT_ONCE) {
            var alarm = alarms.remove();
            var hand = hands.get(alarm.schedule());
            if (hand != null && hand.number() == alarm.number()) {
                due.add(hand);
            }
        }
        return due;
    }

    private void fire(List<Hand> due, Instant now) {
        Map<UUID, Schedule> stored = new HashMap<>();
        try {
            rows.find(due.stream().map(hand -> hand.schedule().id()).toList())
                    .forEach(schedule -> stored.put(schedule.id(), schedule));
        } catch (RuntimeException e) {
            synchronized (this) {
                due.forEach(hand -> set(hand.schedule(), hand.failures() + 1));
            }
            throw e;
        }
        for (var hand : due) {
            var schedule = stored.get(hand.schedule().id());
            if (schedule == null) {
                forget(hand.schedule().id());
            } else if (schedule.paused() || isLater(schedule, now)) {
                synchronized (this) {
                    set(schedule, 0);
                }
            } else {
                fire(schedule, hand.failures(), now);
            }
        }
    }

    /** Another instance has fired it already, or somebody has changed it. */
    private static boolean isLater(Schedule schedule, Instant now) {
        return schedule.progress()
                .nextAt()
                .map(next -> schedule.startOf(next).isAfter(now))
                .orElse(true);
    }

    private void fire(Schedule schedule, int failures, Instant now) {
        starts.fire(schedule, Ticks.due(schedule, now)).whenComplete((fired, failure) -> {
            if (failure != null) {
                LOG.warn(
                        "Schedule {} of {} could not be fired now: {} It is tried again.",
                        schedule.name(),
                        schedule.workflow(),
                        Problems.refusal(Problems.unwrapped(failure)).getMessage());
            }
            synchronized (this) {
                outcomes.add(new Outcome(schedule, Optional.ofNullable(fired), failure == null ? 0 : failures + 1));
                notifyAll();
            }
        });
    }

    /** Stores what became of the schedules that were fired, and sets them to their next ticks. */
    private void settle() {
        List<Outcome> done;
        synchronized (this) {
            done = List.copyOf(outcomes);
            outcomes.clear();
        }
        if (done.isEmpty()) {
            return;
        }
        List<Schedule> advanced = new ArrayList<>();
        for (var outcome : done) {
            outcome.fired().ifPresent(fired -> advanced.add(outcome.schedule().with(fired.progress())));
        }
        try {
            rows.advance(advanced);
        } catch (RuntimeException e) {
            synchronized (this) {
                // Fired again later: their runs are known then.
                done.forEach(outcome -> retry(outcome.schedule(), outcome.failures() + 1));
            }
            throw e;
        }
        for (var outcome : done) {
            if (outcome.fired().isEmpty()) {
                retry(outcome.schedule(), outcome.failures());
            } else {
                goOn(
                        outcome.schedule().with(outcome.fired().get().progress()),
                        outcome.fired().get().waitsFor());
            }
        }
    }

    private synchronized void retry(Schedule schedule, int failures) {
        if (isCurrent(schedule)) {
            set(schedule, failures);
        }
    }

    private boolean isCurrent(Schedule schedule) {
        var known = hands.get(schedule.id());
        return known != null && known.schedule().revision() == schedule.revision();
    }

    private synchronized void goOn(Schedule schedule, Optional<RunId> waitsFor) {
        if (!isCurrent(schedule)) {
            return;
        }
        if (waitsFor.isEmpty()) {
            set(schedule, 0);
            return;
        }
        var known = hands.get(schedule.id());
        hands.put(schedule.id(), new Hand(schedule, known.number() + 1, 0));
        starts.whenEnded(schedule, waitsFor.get(), () -> retry(schedule, 0));
    }

    /** How far a schedule has come, as this instance knows it. */
    synchronized Optional<Progress> progress(UUID schedule) {
        return Optional.ofNullable(hands.get(schedule))
                .map(hand -> hand.schedule().progress());
    }

    @PreDestroy
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
