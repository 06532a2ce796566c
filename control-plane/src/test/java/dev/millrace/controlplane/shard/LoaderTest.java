package dev.millrace.controlplane.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.RunId;
import dev.millrace.engine.Shard;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.memory.InMemoryJournal;
import dev.millrace.engine.memory.InMemorySnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoaderTest {
    private final AtomicBoolean imagesLag = new AtomicBoolean(true);
    private final Inbox inbox = new Inbox(Settings.DEFAULT.engine());
    private final Loader loader =
            new Loader(new InMemorySnapshots(new InMemoryJournal()), inbox, new Waiting(), imagesLag::get);
    private final Thread thread = new Thread(loader, "loader-of-the-test");
    private final OwnedShard shard = new OwnedShard(0, 1, 0, 0, new Shard(0, ShardSettings.DEFAULT));
    private final List<Command> answers = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        loader.stop();
        thread.interrupt();
        thread.join();
    }

    @Test
    void queuedRunsAreReadBackWhenTheImagesHaveCaughtUpAndNothingElseWaitsForThat() {
        thread.start();
        loader.waiting(shard, new Effect.LoadWindows(1, List.of()));
        loader.run(shard, new Effect.LoadRun(2, new TenantId(new UUID(0, 1)), new RunId(new UUID(0, 2))));
        await().until(() -> answered() == 1);
        assertThat(answers.get(0)).isInstanceOf(Command.RunLoaded.class);

        imagesLag.set(false);

        await().until(() -> answered() == 2);
        assertThat(answers.get(1)).isInstanceOf(Command.WindowsLoaded.class);
    }

    private int answered() {
        for (var next = inbox.takeControl(); next.isPresent(); next = inbox.takeControl()) {
            answers.add(((Message.Answer) next.get()).command());
        }
        return answers.size();
    }
}
