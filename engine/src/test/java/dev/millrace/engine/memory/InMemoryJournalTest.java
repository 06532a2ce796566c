package dev.millrace.engine.memory;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.Journal;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.contract.JournalContract;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class InMemoryJournalTest extends JournalContract {
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

    @Test
    void whatHasBeenProjectedIsDroppedAndAReaderIsToldSo() {
        long epoch = journal.open(0, new UUID(0, 1)).epoch();
        journal.append(List.of(new Journal.Entry(0, epoch, 1, List.of())));
        snapshots.open(0, epoch);
        snapshots.project(new Snapshots.Projection(0, epoch, 0, 1, ShardImage.EMPTY, List.of()));
        assertThatThrownBy(() -> journal.read(0, 0, entry -> {}))
                .isInstanceOf(Journal.JournalException.class)
                .hasMessageContaining("projected and dropped");
    }
}
