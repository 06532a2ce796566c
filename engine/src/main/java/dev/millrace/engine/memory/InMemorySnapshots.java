package dev.millrace.engine.memory;

import dev.millrace.engine.Age;
import dev.millrace.engine.Journal;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.UniqueKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Images that live as long as their process, every run for ever. Safe for use by several threads. */
public final class InMemorySnapshots implements Snapshots {

    private static final class Projected {
        Position position = new Position(0, 0, ShardImage.EMPTY);
        final Map<RunId, RunImage> active = new TreeMap<>();
        final Map<LaneKey, TreeMap<Age, RunImage>> lanes = new HashMap<>();
        final TreeMap<Wake, RunImage> wakes = new TreeMap<>();

        void put(RunImage image) {
            var before = active.remove(image.run());
            if (before != null) {
                before.passivity().ifPresent(passivity -> {
                    passivity.lane().ifPresent(lane -> lanes.get(lane).remove(Age.of(before)));
                    wakes.remove(new Wake(passivity.wake(), before.run()));
                });
            }
            if (!image.state().isFinal()) {
                active.put(image.run(), image);
                image.passivity().ifPresent(passivity -> {
                    passivity
                            .lane()
                            .ifPresent(lane -> lanes.computeIfAbsent(lane, any -> new TreeMap<>())
                                    .put(Age.of(image), image));
                    wakes.put(new Wake(passivity.wake(), image.run()), image);
                });
            }
        }
    }

    private final InMemoryJournal journal;
    private final Map<Integer, Projected> shards = new HashMap<>();
    private final Map<RunId, RunImage> runs = new HashMap<>();
    private final Map<RunId, List<RunImage>> generations = new HashMap<>();

    /** Over this journal, which drops what has been projected here. */
    public InMemorySnapshots(InMemoryJournal journal) {
        this.journal = journal;
    }

    @Override
    public synchronized Position open(int shard, long epoch) {
        var projected = shard(shard);
        var position = projected.position;
        if (epoch < position.epoch()) {
            throw fenced(shard, epoch, position);
        }
        projected.position = new Position(epoch, position.seq(), position.shard());
        return projected.position;
    }

    @Override
    public synchronized void project(Projection projection) {
        int number = projection.shard();
        var projected = shard(number);
        var position = projected.position;
        if (projection.epoch() != position.epoch() || projection.fromSeq() != position.seq()) {
            throw fenced(number, projection.epoch(), position);
        }
        for (var image : projection.runs()) {
            var before = runs.get(image.run());
            var history = new ArrayList<RunImage.Transition>(before == null ? List.of() : before.history());
            history.addAll(image.history());
            var kept = RunImage.since(history);
            int next = image.former().isEmpty()
                    ? image.generation()
                    : image.former().get(0).generation();
            if (before != null && before.generation() < next && before.state().isFinal()) {
                keep(before.stored(List.of()));
            }
            image.former().forEach(this::keep);
            runs.put(image.run(), image.stored(List.copyOf(kept)));
            projected.put(image.stored(List.of()));
        }
        projected.position = new Position(position.epoch(), projection.toSeq(), projection.image());
        journal.drop(number, projection.toSeq());
    }

    private void keep(RunImage former) {
        generations.computeIfAbsent(former.run(), any -> new ArrayList<>()).add(former);
    }

    private static Journal.FencedException fenced(int shard, long epoch, Position position) {
        return new Journal.FencedException(
                shard,
                "Nothing was projected: the images of shard " + shard + " are at batch " + position.seq() + " of epoch "
                        + position.epoch() + ", which epoch " + epoch
                        + " did not expect. Its owner must forget the shard.");
    }

    @Override
    public void residentRuns(int shard, Consumer<RunImage> consumer) {
        List<RunImage> resident;
        synchronized (this) {
            resident = shard(shard).active.values().stream()
                    .filter(image -> image.passivity().isEmpty())
                    .toList();
        }
        resident.forEach(consumer);
    }

    @Override
    public void activeRuns(int shard, Collection<RunName> runs, Consumer<RunImage> consumer) {
        List<RunImage> found;
        synchronized (this) {
            var active = shard(shard).active;
            found = runs.stream()
                    .sorted(Comparator.comparing(RunName::run))
                    .map(name -> active.get(name.run()))
                    .filter(Objects::nonNull)
                    .toList();
        }
        found.forEach(consumer);
    }

    @Override
    public synchronized List<LaneCount> lanes(int shard) {
        return shard(shard).lanes.entrySet().stream()
                .filter(lane -> !lane.getValue().isEmpty())
                .map(lane -> new LaneCount(lane.getKey(), lane.getValue().size()))
                .toList();
    }

    @Override
    public synchronized List<Window> windows(int shard, List<WindowQuery> queries) {
        var lanes = shard(shard).lanes;
        return queries.stream()
                .map(query -> {
                    var after =
                            lanes.getOrDefault(query.lane(), new TreeMap<>()).tailMap(query.after(), false);
                    var oldest = after.values().stream().limit(query.limit()).toList();
                    return new Window(query.lane(), oldest, oldest.size() < query.limit());
                })
                .toList();
    }

    @Override
    public synchronized Due due(int shard, DueQuery query) {
        var found = new ArrayList<RunImage>();
        for (var wake : shard(shard).wakes.tailMap(query.after(), false).entrySet()) {
            if (found.size() == query.limit() || wake.getKey().at().isAfter(query.until())) {
                return new Due(found, Optional.of(wake.getKey().at()));
            }
            found.add(wake.getValue());
        }
        return new Due(found, Optional.empty());
    }

    @Override
    public synchronized Optional<RunImage> run(TenantId tenant, RunId run) {
        return Optional.ofNullable(runs.get(run)).filter(image -> image.tenant().equals(tenant));
    }

    @Override
    public synchronized List<RunImage> generations(TenantId tenant, RunId run, int before) {
        var newest = Stream.ofNullable(runs.get(run)).map(image -> image.stored(List.of()));
        return Stream.concat(generations.getOrDefault(run, List.of()).stream(), newest)
                .filter(image -> image.tenant().equals(tenant) && image.generation() < before)
                .toList();
    }

    @Override
    public synchronized List<KeyEntry> keys(Collection<UniqueKey> keys) {
        return journal.keys(keys).stream()
                .map(entry -> entry.untilEnded() && !isActive(entry.run()) ? entry.freeSince(entry.at()) : entry)
                .toList();
    }

    private boolean isActive(RunId run) {
        var image = runs.get(run);
        return image != null && !image.state().isFinal();
    }

    private Projected shard(int number) {
        return shards.computeIfAbsent(number, any -> new Projected());
    }
}
