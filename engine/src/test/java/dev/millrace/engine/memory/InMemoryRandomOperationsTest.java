package dev.millrace.engine.memory;

import dev.millrace.engine.Journal;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.UniqueKey;
import dev.millrace.engine.contract.RandomOperationsContract;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;

class InMemoryRandomOperationsTest extends RandomOperationsContract {
    @Override
    protected Store empty() {
        return new Memory();
    }

    @Override
    protected LongStream seeds() {
        return LongStream.range(0, 200);
    }

    /** Memory has no connection to break, so the calls break instead: before they do anything, or after they did everything. */
    private static final class Memory implements Store, Journal, Snapshots {
        private final InMemoryJournal journal = new InMemoryJournal();
        private final InMemorySnapshots snapshots = new InMemorySnapshots(journal);
        private Optional<Fault> fault = Optional.empty();

        @Override
        public Journal journal() {
            return this;
        }

        @Override
        public Snapshots snapshots() {
            return this;
        }

        /** Whoever opens a shard owns it. */
        @Override
        public void expire(int shard) {}

        /** What is in this memory does not outlive it, so nothing else can take its place. */
        @Override
        public void restart() {}

        /** What is projected is dropped at once. */
        @Override
        public void tidy() {}

        @Override
        public void arm(Fault next, double place, int times) {
            fault = Optional.of(next);
        }

        @Override
        public void disarm() {
            fault = Optional.empty();
        }

        @Override
        public void close() {}

        private <T> T broken(Supplier<T> operation) {
            var now = fault;
            fault = Optional.empty();
            if (now.isPresent() && now.get() == Fault.CUT_REQUEST) {
                throw new JournalException("The connection broke before the request arrived.", null);
            }
            var result = operation.get();
            if (now.isPresent()) {
                throw new JournalException("The connection broke before the reply arrived.", null);
            }
            return result;
        }

        private void broken(Runnable operation) {
            broken(() -> {
                operation.run();
                return this;
            });
        }

        @Override
        public Opened open(int shard, UUID owner) {
            return broken(() -> journal.open(shard, owner));
        }

        @Override
        public void append(List<Entry> entries) {
            broken(() -> journal.append(entries));
        }

        @Override
        public void read(int shard, long afterSeq, Consumer<Entry> consumer) {
            broken(() -> journal.read(shard, afterSeq, consumer));
        }

        @Override
        public void release(int shard, long epoch) {
            broken(() -> journal.release(shard, epoch));
        }

        @Override
        public Position open(int shard, long epoch) {
            return broken(() -> snapshots.open(shard, epoch));
        }

        @Override
        public void project(Projection projection) {
            broken(() -> snapshots.project(projection));
        }

        @Override
        public void residentRuns(int shard, Consumer<RunImage> consumer) {
            broken(() -> snapshots.residentRuns(shard, consumer));
        }

        @Override
        public void activeRuns(int shard, Collection<RunName> runs, Consumer<RunImage> consumer) {
            broken(() -> snapshots.activeRuns(shard, runs, consumer));
        }

        @Override
        public List<LaneCount> lanes(int shard) {
            return broken(() -> snapshots.lanes(shard));
        }

        @Override
        public List<Window> windows(int shard, List<WindowQuery> queries) {
            return broken(() -> snapshots.windows(shard, queries));
        }

        @Override
        public Due due(int shard, DueQuery query) {
            return broken(() -> snapshots.due(shard, query));
        }

        @Override
        public Optional<RunImage> run(TenantId tenant, RunId run) {
            return broken(() -> snapshots.run(tenant, run));
        }

        @Override
        public List<RunImage> generations(TenantId tenant, RunId run, int before) {
            return broken(() -> snapshots.generations(tenant, run, before));
        }

        @Override
        public List<KeyEntry> keys(Collection<UniqueKey> keys) {
            return broken(() -> snapshots.keys(keys));
        }
    }
}
