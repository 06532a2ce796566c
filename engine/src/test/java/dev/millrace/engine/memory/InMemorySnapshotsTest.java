package dev.millrace.engine.memory;

import dev.millrace.engine.Journal;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.contract.SnapshotsContract;

class InMemorySnapshotsTest extends SnapshotsContract {
    private final InMemoryJournal journal = new InMemoryJournal();
    private final InMemorySnapshots snapshots = new InMemorySnapshots(journal);

    @Override
    protected Journal journal() {
        return journal;
    }

    @Override
    protected Snapshots snapshots() {
        return snapshots;
    }

    @Override
    protected void expire(int shard) {}
}
