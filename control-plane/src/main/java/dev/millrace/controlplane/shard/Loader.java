package dev.millrace.controlplane.shard;

import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.UniqueKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that reads what the shards ask for. Questions for keys that wait at the same moment are one query. A question is asked
 * until it is answered or its shard is lost, because commands wait behind it.
 */
final class Loader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Loader.class);
    private static final int MAX_PER_QUERY = 1_000;
    private static final long PAUSE_MILLIS = 200;

    private final Snapshots snapshots;
    private final Inbox inbox;
    private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();
    private volatile boolean stopping;

    private record Question(OwnedShard shard, Effect effect) {}

    Loader(Snapshots snapshots, Inbox inbox) {
        this.snapshots = snapshots;
        this.inbox = inbox;
    }

    void keys(OwnedShard shard, Effect.LoadKeys load) {
        questions.add(new Question(shard, load));
    }

    void run(OwnedShard shard, Effect.LoadRun load) {
        questions.add(new Question(shard, load));
    }

    /** Ends the thread, which is to be interrupted, too. */
    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        try {
            List<Question> asked = new ArrayList<>();
            while (!stopping) {
                asked.add(questions.take());
                questions.drainTo(asked, MAX_PER_QUERY);
                answer(asked);
                asked.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(List<Question> asked) throws InterruptedException {
        var open = new ArrayList<>(asked);
        while (!open.isEmpty() && !stopping) {
            open.removeIf(question -> question.shard().lost);
            try {
                keys(open.stream()
                        .filter(question -> question.effect() instanceof Effect.LoadKeys)
                        .toList());
                open.removeIf(question -> question.effect() instanceof Effect.LoadKeys);
                while (!open.isEmpty()) {
                    run(open.get(0));
                    open.remove(0);
                }
            } catch (JournalException e) {
                LOG.warn("{} It is tried again in {} ms.", e.getMessage(), PAUSE_MILLIS);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (RuntimeException e) {
                LOG.error("What {} questions ask for cannot be read.", open.size(), e);
                open.forEach(question ->
                        inbox.put(new Message.Lost(question.shard(), "what is stored of it cannot be read")));
                return;
            }
        }
    }

    private void keys(List<Question> asked) {
        if (asked.isEmpty()) {
            return;
        }
        Set<UniqueKey> wanted = new LinkedHashSet<>();
        asked.forEach(question -> wanted.addAll(((Effect.LoadKeys) question.effect()).keys()));
        Map<UniqueKey, KeyEntry> found = new HashMap<>();
        snapshots.keys(wanted).forEach(entry -> found.put(entry.key(), entry));
        for (var question : asked) {
            var load = (Effect.LoadKeys) question.effect();
            var entries = load.keys().stream()
                    .filter(found::containsKey)
                    .map(found::get)
                    .toList();
            inbox.put(new Message.Answer(question.shard(), new Command.KeysLoaded(load.load(), entries)));
        }
    }

    private void run(Question question) {
        var load = (Effect.LoadRun) question.effect();
        inbox.put(new Message.Answer(
                question.shard(), new Command.RunLoaded(load.load(), snapshots.run(load.tenant(), load.run()))));
    }
}
