package dev.millrace.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.Age;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal.Entry;
import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.Journal.Opened;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.Passivity;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.Snapshots.Due;
import dev.millrace.engine.Snapshots.DueQuery;
import dev.millrace.engine.Snapshots.Position;
import dev.millrace.engine.Snapshots.Projection;
import dev.millrace.engine.Snapshots.Wake;
import dev.millrace.engine.Snapshots.Window;
import dev.millrace.engine.Snapshots.WindowQuery;
import dev.millrace.engine.UniqueKey;
import dev.millrace.engine.contract.RandomOperationsContract.Fault;
import dev.millrace.engine.contract.RandomOperationsContract.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** One history of operations on a store, beside a model of what the store must hold. */
final class RandomOperations {
    private static final int SHARDS = 4;
    private static final int OPERATIONS = 60;
    private static final int LANES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Store store;
    private final Random random;
    private final List<String> trace = new ArrayList<>();

    private final List<Kept> shards = new ArrayList<>();
    private final Map<UniqueKey, KeyEntry> keys = new HashMap<>();
    private int facts;

    /** What must be kept of one shard. */
    private static final class Kept {
        final int number;
        /** Of the current owner, and of those before. */
        long epoch;

        final List<Long> formerEpochs = new ArrayList<>();
        long lastSeq;
        long projectedSeq;
        /** What is not projected yet. */
        final TreeMap<Long, Entry> tail = new TreeMap<>();
        /** The newest image of each run, with its whole history. */
        final Map<Integer, RunImage> images = new LinkedHashMap<>();

        Kept(int number) {
            this.number = number;
        }
    }

    RandomOperations(Store store, Random random) {
        this.store = store;
        this.random = random;
        for (int number = 0; number < SHARDS; number++) {
            shards.add(new Kept(number));
        }
    }

    void run() {
        try {
            shards.forEach(this::takeOver);
            for (int i = 0; i < OPERATIONS; i++) {
                one();
            }
            store.restart();
            shards.forEach(this::takeOver);
            checkAll();
        } catch (RuntimeException | Error e) {
            throw new AssertionError("After " + String.join(", ", trace) + ": " + e.getMessage(), e);
        }
    }

    private void one() {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> append();
            case 4, 5, 6 -> project();
            case 7 -> appendAsFormerOwner();
            case 8 -> projectAsFormerOwner();
            case 9 -> appendOutOfOrder();
            case 10 -> changeOwner();
            default -> check(any());
        }
        if (random.nextInt(4) == 0) {
            trace.add("tidy");
            store.tidy();
        }
    }

    private Kept any() {
        return shards.get(random.nextInt(SHARDS));
    }

    // ---- owners ----

    /** A new owner finds everything that was acknowledged, and is the only one from then on. */
    private void takeOver(Kept shard) {
        store.expire(shard.number);
        var owner = new UUID(7, random.nextInt(3));
        var opened = persistently(() -> store.journal().open(shard.number, owner));
        trace.add("take " + shard.number);
        assertThat(opened.epoch()).isGreaterThan(shard.epoch);
        if (shard.epoch > 0) {
            shard.formerEpochs.add(shard.epoch);
        }
        shard.epoch = opened.epoch();
        assertThat(opened.lastSeq()).isEqualTo(shard.lastSeq);
        assertThat(openSnapshots(shard).seq()).isEqualTo(shard.projectedSeq);
    }

    private Position openSnapshots(Kept shard) {
        return persistently(() -> store.snapshots().open(shard.number, shard.epoch));
    }

    private void changeOwner() {
        var shard = any();
        switch (random.nextInt(3)) {
            case 0 -> {
                trace.add("release " + shard.number);
                persistently(() -> {
                    store.journal().release(shard.number, shard.epoch);
                    return shard;
                });
                takeOver(shard);
            }
            case 1 -> {
                trace.add("restart");
                store.restart();
                shards.forEach(this::takeOver);
            }
            default -> takeOver(shard);
        }
    }

    /** What a breaking connection may cost a try. */
    private static <T> T persistently(Supplier<T> operation) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return operation.get();
            } catch (FencedException e) {
                throw e;
            } catch (JournalException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    // ---- batches ----

    private void append() {
        List<Entry> entries = new ArrayList<>();
        for (var shard : shards) {
            if (random.nextBoolean()) {
                entries.add(entry(shard, shard.epoch, shard.lastSeq + 1));
            }
        }
        if (entries.isEmpty()) {
            return;
        }
        boolean broken = maybeArm(1);
        trace.add("append " + describe(entries));
        try {
            store.journal().append(entries);
            store.disarm();
            entries.forEach(this::stored);
        } catch (FencedException e) {
            throw new AssertionError("The owner was fenced.", e);
        } catch (JournalException e) {
            store.disarm();
            assertThat(broken).as("nothing was to break: " + e.getMessage()).isTrue();
            learn(entries);
        }
    }

    /** After an unknown outcome: all of it is stored or nothing, and whoever takes the shards over sees which. */
    private void learn(List<Entry> entries) {
        var involved = entries.stream().map(Entry::shard).toList();
        var opened = new HashMap<Integer, Opened>();
        for (var shard : shards) {
            store.expire(shard.number);
            var owner = new UUID(7, random.nextInt(3));
            opened.put(shard.number, persistently(() -> store.journal().open(shard.number, owner)));
        }
        var stored = new HashSet<Boolean>();
        for (var entry : entries) {
            var lastSeq = opened.get(entry.shard()).lastSeq();
            assertThat(lastSeq).isBetween(entry.seq() - 1, entry.seq());
            stored.add(lastSeq == entry.seq());
        }
        assertThat(stored).as("all or none of " + involved).hasSize(1);
        trace.add(stored.contains(true) ? "which was stored" : "which was not stored");
        if (stored.contains(true)) {
            entries.forEach(this::stored);
        }
        for (var shard : shards) {
            shard.formerEpochs.add(shard.epoch);
            shard.epoch = opened.get(shard.number).epoch();
            assertThat(openSnapshots(shard).seq()).isEqualTo(shard.projectedSeq);
            check(shard);
        }
    }

    private void stored(Entry entry) {
        var shard = shards.get(entry.shard());
        shard.lastSeq = entry.seq();
        shard.tail.put(entry.seq(), entry);
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.KeyClaimed claimed) {
                keys.merge(
                        claimed.entry().key(),
                        claimed.entry(),
                        (before, now) -> now.claim() > before.claim() ? now : before);
            }
        }
    }

    private void appendAsFormerOwner() {
        var shard = any();
        if (shard.formerEpochs.isEmpty()) {
            return;
        }
        long epoch = shard.formerEpochs.get(random.nextInt(shard.formerEpochs.size()));
        List<Entry> entries = new ArrayList<>();
        entries.add(entry(shard, epoch, shard.lastSeq + 1));
        var other = any();
        if (other != shard) {
            entries.add(random.nextInt(2), entry(other, other.epoch, other.lastSeq + 1));
        }
        trace.add("append of epoch " + epoch + " " + describe(entries));
        assertThatThrownBy(() -> store.journal().append(entries))
                .isInstanceOfSatisfying(
                        FencedException.class,
                        fenced -> assertThat(fenced.shard()).isEqualTo(shard.number));
        check(shard);
        check(other);
    }

    private void appendOutOfOrder() {
        var shard = any();
        long wrong = shard.lastSeq + (random.nextBoolean() ? 0 : 2);
        trace.add("append out of order " + shard.number);
        assertThatThrownBy(() -> store.journal().append(List.of(entry(shard, shard.epoch, wrong))))
                .isInstanceOf(JournalException.class)
                .isNotInstanceOf(FencedException.class);
        // An owner that is out of step with its journal gives everything up.
        shards.forEach(this::takeOver);
        check(shard);
    }

    private Entry entry(Kept shard, long epoch, long seq) {
        List<Fact> some = new ArrayList<>();
        int count = 1 + random.nextInt(random.nextInt(8) == 0 ? 300 : 5);
        for (int i = 0; i < count; i++) {
            some.add(Examples.facts().get(random.nextInt(Examples.facts().size())));
        }
        some.removeIf(Fact.KeyClaimed.class::isInstance);
        some.add(new Fact.RunCancelRequested(Examples.TENANT, Examples.AT, Examples.run(1), "fact " + facts++));
        if (random.nextInt(3) == 0) {
            // Of few, so that they come again; of one shard each, as a tenant's are.
            some.add(Examples.claim(
                    Examples.TENANT, "request", shard.number + "-" + random.nextInt(5), Examples.run(facts)));
        }
        return new Entry(shard.number, epoch, seq, some);
    }

    private static String describe(List<Entry> entries) {
        return entries.stream()
                .map(entry -> entry.shard() + "/" + entry.seq() + " of "
                        + entry.facts().size())
                .toList()
                .toString();
    }

    // ---- passes ----

    private void project() {
        var shard = any();
        if (shard.projectedSeq == shard.lastSeq) {
            return;
        }
        var images = images(shard);
        var pass = pass(shard, shard.epoch, images);
        boolean broken = maybeArm(1 + random.nextInt(4));
        trace.add("project " + shard.number + " to " + pass.toSeq() + " with " + images.size());
        try {
            store.snapshots().project(pass);
            store.disarm();
            stored(shard, pass, images);
        } catch (FencedException e) {
            throw new AssertionError("The owner was fenced.", e);
        } catch (JournalException e) {
            store.disarm();
            assertThat(broken).as("nothing was to break: " + e.getMessage()).isTrue();
            // The images and the position are stored together or not at all.
            var position = openSnapshots(shard);
            assertThat(position.seq()).isIn(pass.fromSeq(), pass.toSeq());
            trace.add(position.seq() == pass.toSeq() ? "which was stored" : "which was not stored");
            if (position.seq() == pass.toSeq()) {
                stored(shard, pass, images);
            }
        }
        check(shard);
    }

    private Projection pass(Kept shard, long epoch, Map<Integer, RunImage> images) {
        long to = shard.projectedSeq + 1 + random.nextInt((int) (shard.lastSeq - shard.projectedSeq));
        return new Projection(
                shard.number, epoch, shard.projectedSeq, to, Examples.shard(), List.copyOf(images.values()));
    }

    /** Some new runs, and some that go on. */
    private Map<Integer, RunImage> images(Kept shard) {
        Map<Integer, RunImage> images = new LinkedHashMap<>();
        for (var known : shard.images.entrySet()) {
            if (!known.getValue().state().isFinal() && random.nextInt(3) == 0) {
                images.put(known.getKey(), image(known.getKey(), false, state()));
            }
        }
        int first = shard.images.size();
        int count = random.nextInt(6) == 0 ? 200 : random.nextInt(4);
        for (int i = 0; i < count; i++) {
            int number = shard.number * 100_000 + first + i;
            images.put(number, image(number, true, state()));
        }
        return images;
    }

    private RunImage image(int number, boolean isNew, RunState state) {
        var image = Examples.image(number, isNew, state, state.isFinal() ? Examples.AT : Instant.MAX, facts++);
        return state.isFinal() || random.nextBoolean() ? image : image.withPassivity(Optional.of(passivity()));
    }

    private Passivity passivity() {
        return new Passivity(
                random.nextInt(4) == 0 ? Optional.empty() : Optional.of(Examples.lane(random.nextInt(LANES))),
                Examples.AT.plusSeconds(random.nextInt(30)));
    }

    private RunState state() {
        return RunState.values()[random.nextInt(RunState.values().length)];
    }

    private void stored(Kept shard, Projection pass, Map<Integer, RunImage> images) {
        shard.projectedSeq = pass.toSeq();
        shard.tail.headMap(pass.toSeq(), true).clear();
        images.forEach((number, image) -> {
            var before = shard.images.get(number);
            var history = new ArrayList<RunImage.Transition>(before == null ? List.of() : before.history());
            history.addAll(image.history());
            shard.images.put(number, image.withHistory(history));
        });
    }

    private void projectAsFormerOwner() {
        var shard = any();
        if (shard.formerEpochs.isEmpty() || shard.projectedSeq == shard.lastSeq) {
            return;
        }
        long epoch = shard.formerEpochs.get(random.nextInt(shard.formerEpochs.size()));
        trace.add("project " + shard.number + " of epoch " + epoch);
        var pass = pass(shard, epoch, images(shard));
        assertThatThrownBy(() -> store.snapshots().project(pass)).isInstanceOf(FencedException.class);
        check(shard);
    }

    // ---- faults ----

    private boolean maybeArm(int times) {
        if (random.nextInt(3) > 0) {
            return false;
        }
        var fault = Fault.values()[random.nextInt(Fault.values().length)];
        double place = random.nextDouble();
        trace.add(fault + " at " + place + (times > 1 ? " " + times + " times" : ""));
        store.arm(fault, place, times);
        return true;
    }

    // ---- what must be there ----

    private void checkAll() {
        shards.forEach(this::check);
        for (var shard : shards) {
            shard.images.forEach(this::checkRun);
        }
    }

    private void check(Kept shard) {
        var tail = new ArrayList<Entry>();
        persistently(() -> {
            tail.clear();
            store.journal().read(shard.number, shard.projectedSeq, tail::add);
            return tail;
        });
        assertThat(tail).as("tail of shard " + shard.number).containsExactlyElementsOf(shard.tail.values());
        var active = new ArrayList<RunImage>();
        persistently(() -> {
            active.clear();
            store.snapshots().residentRuns(shard.number, active::add);
            return active;
        });
        assertThat(active)
                .as("active runs of shard " + shard.number)
                .containsExactlyElementsOf(shard.images.entrySet().stream()
                        .filter(known -> !known.getValue().state().isFinal()
                                && known.getValue().passivity().isEmpty())
                        .sorted(Map.Entry.comparingByKey())
                        .map(known -> known.getValue().stored(List.of()))
                        .toList());
        checkWaiting(shard);
        if (!shard.images.isEmpty()) {
            int number = List.copyOf(shard.images.keySet()).get(random.nextInt(shard.images.size()));
            checkRun(number, shard.images.get(number));
        }
        assertThat(persistently(() -> store.snapshots().keys(keys.keySet())))
                .containsExactlyInAnyOrderElementsOf(keys.values());
    }

    private void checkWaiting(Kept shard) {
        var waiting = shard.images.values().stream()
                .filter(image -> image.passivity().isPresent())
                .map(image -> image.stored(List.of()))
                .sorted(Comparator.comparing(Age::of))
                .toList();
        var lanes = IntStream.range(0, LANES).mapToObj(Examples::lane).toList();
        var counts = new HashMap<LaneKey, Integer>();
        persistently(() -> store.snapshots().lanes(shard.number)).forEach(lane -> counts.put(lane.lane(), lane.runs()));
        var after = waiting.isEmpty() ? Age.OLDEST : Age.of(waiting.get(random.nextInt(waiting.size())));
        int limit = 1 + random.nextInt(20);
        var windows = persistently(() -> store.snapshots()
                .windows(
                        shard.number,
                        lanes.stream()
                                .map(lane -> new WindowQuery(lane, after, limit))
                                .toList()));
        for (int i = 0; i < LANES; i++) {
            var lane = Optional.of(lanes.get(i));
            var queued = waiting.stream()
                    .filter(image -> image.passivity().orElseThrow().lane().equals(lane))
                    .toList();
            assertThat(counts.getOrDefault(lanes.get(i), 0)).isEqualTo(queued.size());
            var expected = queued.stream()
                    .filter(image -> Age.of(image).compareTo(after) > 0)
                    .limit(limit)
                    .toList();
            assertThat(windows.get(i)).isEqualTo(new Window(lanes.get(i), expected, expected.size() < limit));
        }
        checkTimes(shard, waiting, limit);
    }

    private void checkTimes(Kept shard, List<RunImage> waiting, int limit) {
        var until = Examples.AT.plusSeconds(random.nextInt(30));
        var byTime = waiting.stream()
                .sorted(Comparator.comparing(
                        image -> new Wake(image.passivity().orElseThrow().wake(), image.run())))
                .toList();
        var expected = byTime.stream()
                .filter(image -> !image.passivity().orElseThrow().wake().isAfter(until))
                .limit(limit)
                .toList();
        var next = byTime.stream()
                .skip(expected.size())
                .findFirst()
                .map(image -> image.passivity().orElseThrow().wake());
        assertThat(persistently(() -> store.snapshots().due(shard.number, new DueQuery(Wake.FIRST, until, limit))))
                .isEqualTo(new Due(expected, next));
    }

    private void checkRun(int number, RunImage image) {
        assertThat(persistently(() -> store.snapshots().run(Examples.TENANT, Examples.run(number))))
                .contains(image.stored(image.history()));
    }
}
