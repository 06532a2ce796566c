package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Age;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.memory.InMemoryJournal;
import dev.millrace.engine.memory.InMemorySnapshots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One database for all instances. Every operation is one transaction that happens at one instant; the caller learns of it later, or
 * never, or is told that it failed although it did not. Shards are owned by lease, as rows (owner, epoch, expiry).
 */
final class Database {
    private static final long LEASE = 4 * Timeline.SECOND;

    private record Lease(UUID owner, long epoch, long expires) {}

    private final World world;
    private final Dice dice;
    private final InMemoryJournal journal = new InMemoryJournal();
    private final InMemorySnapshots snapshots = new InMemorySnapshots(journal);
    private final Map<Integer, Lease> leases = new HashMap<>();
    private final Map<TenantId, List<String>> events = new HashMap<>();
    /** By tenant, up to which tick its schedule has come. */
    private final Map<TenantId, Long> ticked = new HashMap<>();
    /** What {@link Flaw#TAKEN_BEFORE_ASSIGNED} has taken from its queue: by the epoch that did. */
    private final Map<RunId, Long> taken = new HashMap<>();
    /** What those who are not fenced need: where each shard's journal really is. */
    private final Map<Integer, Journal.Opened> newest = new HashMap<>();

    private long downUntil;

    Database(World world) {
        this.world = world;
        this.dice = world.dice("database");
    }

    /** It refuses everything for a while; what it stored before stays. */
    void goDown(long micros) {
        downUntil = world.time().now() + micros;
    }

    /** Runs a transaction for a process that may be gone before the answer comes. */
    <R> void call(Actor caller, Supplier<R> transaction, Consumer<R> done, Consumer<JournalException> failed) {
        world.time().in(delay(), world, () -> {
            if (world.time().now() < downUntil || fails()) {
                world.hit(Probe.COMMIT_FAILED);
                answer(caller, () -> failed.accept(new JournalException("The database could not be asked.", null)));
                return;
            }
            R result;
            try {
                result = transaction.get();
            } catch (JournalException e) {
                answer(caller, () -> failed.accept(e));
                return;
            }
            if (fails()) {
                world.hit(Probe.COMMIT_WITHOUT_ANSWER);
                answer(caller, () -> failed.accept(new JournalException("The outcome is unknown.", null)));
            } else {
                answer(caller, () -> done.accept(result));
            }
        });
    }

    private boolean fails() {
        return world.faulty() && dice.chance(world.layout().storeFailures());
    }

    private void answer(Actor caller, Runnable action) {
        world.time().in(delay(), caller, action);
    }

    private long delay() {
        return dice.between(50, world.layout().storeDelay());
    }

    Snapshots snapshots() {
        return snapshots;
    }

    // ---- transactions ----

    Journal.Opened open(int shard, UUID owner) {
        var lease = leases.get(shard);
        if (lease != null
                && !lease.owner().equals(owner)
                && lease.expires() > world.time().now()) {
            throw new JournalException("Shard " + shard + " is held by another instance.", null);
        }
        if (lease != null && !lease.owner().equals(owner)) {
            world.hit(Probe.SHARD_TAKEN_OVER);
        }
        var opened = journal.open(shard, owner);
        newest.put(shard, opened);
        leases.put(shard, new Lease(owner, opened.epoch(), world.time().now() + LEASE));
        return opened;
    }

    List<Journal.Entry> tail(int shard, long after) {
        var entries = new ArrayList<Journal.Entry>();
        journal.read(shard, after, entries::add);
        return entries;
    }

    Void append(Journal.Entry entry) {
        var stored = world.has(Flaw.OWNERS_NOT_FENCED) ? withoutFence(entry) : entry;
        try {
            journal.append(List.of(stored));
        } catch (FencedException e) {
            world.hit(Probe.OWNER_FENCED);
            throw e;
        }
        newest.put(stored.shard(), new Journal.Opened(stored.shard(), stored.epoch(), stored.seq()));
        leases.computeIfPresent(
                stored.shard(),
                (shard, lease) ->
                        new Lease(lease.owner(), lease.epoch(), world.time().now() + LEASE));
        for (Fact fact : stored.facts()) {
            world.time().note(fact);
            world.judge().stored(fact);
        }
        world.judge().chronicle().stored(stored.shard(), stored.seq(), stored.facts());
        return null;
    }

    /** A job that is no owner writes something behind whatever is stored last. */
    Void write(int shard, Fact fact) {
        var last = newest.get(shard);
        return append(new Journal.Entry(shard, last.epoch(), last.lastSeq() + 1, List.of(fact)));
    }

    private Journal.Entry withoutFence(Journal.Entry entry) {
        var real = newest.get(entry.shard());
        return new Journal.Entry(entry.shard(), real.epoch(), real.lastSeq() + 1, entry.facts());
    }

    Void project(Snapshots.Projection projection) {
        try {
            snapshots.project(projection);
            projection.runs().forEach(image -> taken.remove(image.run()));
            world.judge().chronicle().projected(projection, snapshots);
        } catch (FencedException e) {
            world.hit(Probe.PROJECTION_FENCED);
            throw e;
        }
        return null;
    }

    // ---- queues ----

    /** What of lanes is read back. */
    List<Snapshots.Window> windows(int shard, long epoch, List<Snapshots.WindowQuery> queries) {
        var found = snapshots.windows(shard, queries);
        if (!world.has(Flaw.TAKEN_BEFORE_ASSIGNED)) {
            return found;
        }
        var own = found.stream()
                .map(window -> new Snapshots.Window(window.lane(), own(window.runs(), epoch), window.isAll()))
                .toList();
        own.forEach(window -> window.runs().forEach(image -> taken.put(image.run(), epoch)));
        return own;
    }

    Snapshots.Due due(int shard, long epoch, Snapshots.DueQuery query) {
        var found = snapshots.due(shard, query);
        return new Snapshots.Due(own(found.runs(), epoch), found.next());
    }

    /** What queues where, for a new owner. */
    List<Snapshots.LaneCount> lanes(int shard, long epoch) {
        var counts = snapshots.lanes(shard);
        if (taken.isEmpty()) {
            return counts;
        }
        return counts.stream()
                .map(count -> new Snapshots.LaneCount(
                        count.lane(), own(all(shard, count), epoch).size()))
                .filter(count -> count.runs() > 0)
                .toList();
    }

    private List<RunImage> all(int shard, Snapshots.LaneCount count) {
        var query = new Snapshots.WindowQuery(count.lane(), Age.OLDEST, count.runs());
        return snapshots.windows(shard, List.of(query)).get(0).runs();
    }

    /** Without what another has taken. */
    private List<RunImage> own(List<RunImage> images, long epoch) {
        return taken.isEmpty()
                ? images
                : images.stream()
                        .filter(image -> taken.getOrDefault(image.run(), epoch) == epoch)
                        .toList();
    }

    // ---- schedules ----

    /** The last tick of a tenant's schedule that somebody has written down. */
    long ticked(TenantId tenant) {
        return ticked.getOrDefault(tenant, -1L);
    }

    Void hasTicked(TenantId tenant, long tick) {
        ticked.merge(tenant, tick, Math::max);
        return null;
    }

    // ---- events ----

    /** Stores an event; the first that is stored has the lowest id. */
    String publish(TenantId tenant) {
        var stored = events.computeIfAbsent(tenant, any -> new ArrayList<>());
        var event = String.format("e%06d", stored.size() + 1);
        stored.add(event);
        world.judge().waits().published(tenant, event);
        return event;
    }

    /** All events, those of a tenant in order. */
    Map<TenantId, List<String>> events() {
        Map<TenantId, List<String>> copy = new HashMap<>();
        events.forEach((tenant, stored) -> copy.put(tenant, List.copyOf(stored)));
        return copy;
    }

    // ---- leases ----

    /** Renews a lease that is still this owner's, and says what time it is here. */
    long renew(int shard, long epoch) {
        var lease = leases.get(shard);
        if (lease == null || lease.epoch() != epoch) {
            throw new FencedException(shard, "Shard " + shard + " has another owner.");
        }
        leases.put(shard, new Lease(lease.owner(), epoch, world.time().now() + LEASE));
        return world.time().now();
    }

    /** Whether nobody has opened the shard since. */
    boolean isOwner(int shard, long epoch) {
        return newest.get(shard).epoch() == epoch;
    }

    Void release(int shard, long epoch) {
        var lease = leases.get(shard);
        if (lease != null && lease.epoch() == epoch) {
            world.hit(Probe.SHARD_HANDED_OVER);
            leases.remove(shard);
        }
        return null;
    }

    /** An owner goes in good order: unless another has the shard already, nothing is left to replay. */
    Void releaseDrained(int shard, long epoch, long projectedSeq) {
        var lease = leases.get(shard);
        if (lease != null && lease.epoch() == epoch) {
            assertThat(tail(shard, projectedSeq))
                    .as("L10: who leaves in good order leaves nothing to replay")
                    .isEmpty();
        }
        return release(shard, epoch);
    }

    /** The connection of a killed owner has closed, and with it its lock. */
    void forget(UUID owner) {
        leases.values().removeIf(lease -> lease.owner().equals(owner));
    }
}
