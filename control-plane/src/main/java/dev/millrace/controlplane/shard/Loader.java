package dev.millrace.controlplane.shard;

import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunImage;
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
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that reads what the shards ask for. Questions for keys that wait at the same moment are one query. A question is asked
 * until it is answered or its shard is lost, because commands wait behind it.
 *
 * <p>Queued runs are not read back while the images lag too far behind: what ends is in memory until it is projected, so whoever works
 * faster than the projector writes must not be given more. Nothing but tasks in that queue waits for these.
 */
final class Loader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Loader.class);
    private static final int MAX_PER_QUERY = 1_000;
    private static final long PAUSE_MILLIS = 200;
    private static final long LOOK_AGAIN_MILLIS = 20;

    private final Snapshots snapshots;
    private final Inbox inbox;
    private final Waiting waiting;
    private final BooleanSupplier imagesLag;
    private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();
    /** Questions for queued runs that wait for the images. For this thread. */
    private final List<Load> held = new ArrayList<>();

    private volatile boolean stopping;

    private sealed interface Question {}

    /** Commands wait for the answer. */
    private record Load(OwnedShard shard, Effect effect) implements Question {}

    /** A read of a run whose older history is stored. */
    private record History(long replyTo, RunImage image) implements Question {}

    /** @param imagesLag whether the images lag so far behind that queued runs have to wait for them */
    Loader(Snapshots snapshots, Inbox inbox, Waiting waiting, BooleanSupplier imagesLag) {
        this.snapshots = snapshots;
        this.inbox = inbox;
        this.waiting = waiting;
        this.imagesLag = imagesLag;
    }

    /** Answers a read, with the part of the history that the core has handed over to be stored before the part it has. */
    void history(long replyTo, RunImage image) {
        questions.add(new History(replyTo, image));
    }

    void keys(OwnedShard shard, Effect.LoadKeys load) {
        questions.add(new Load(shard, load));
    }

    void run(OwnedShard shard, Effect.LoadRun load) {
        questions.add(new Load(shard, load));
    }

    /** Runs that only wait, of a lane or until a time. */
    void waiting(OwnedShard shard, Effect load) {
        questions.add(new Load(shard, load));
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
                var first =
                        held.isEmpty() ? questions.take() : questions.poll(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    asked.add(first);
                    questions.drainTo(asked, MAX_PER_QUERY);
                }
                answer(now(asked));
                asked.forEach(question -> {
                    if (question instanceof History history) {
                        read(history);
                    }
                });
                asked.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What of it is read now; the rest is held. */
    private List<Load> now(List<Question> asked) {
        List<Load> now = new ArrayList<>();
        for (var question : asked) {
            if (question instanceof Load load) {
                (load.effect() instanceof Effect.LoadWindows ? held : now).add(load);
            }
        }
        if (!held.isEmpty() && !imagesLag.getAsBoolean()) {
            now.addAll(held);
            held.clear();
        }
        return now;
    }

    private void answer(List<Load> asked) throws InterruptedException {
        var open = new ArrayList<>(asked);
        while (!open.isEmpty() && !stopping) {
            open.removeIf(question -> question.shard().lost);
            try {
                keys(open.stream()
                        .filter(question -> question.effect() instanceof Effect.LoadKeys)
                        .toList());
                open.removeIf(question -> question.effect() instanceof Effect.LoadKeys);
                while (!open.isEmpty()) {
                    runs(open.get(0));
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

    private void keys(List<Load> asked) {
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

    private void runs(Load question) {
        inbox.put(new Message.Answer(question.shard(), answer(question.shard().number, question.effect())));
    }

    private Command answer(int shard, Effect effect) {
        if (effect instanceof Effect.LoadRun load) {
            return new Command.RunLoaded(load.load(), snapshots.run(load.tenant(), load.run()));
        } else if (effect instanceof Effect.LoadWindows load) {
            return new Command.WindowsLoaded(load.load(), snapshots.windows(shard, load.queries()));
        } else if (effect instanceof Effect.LoadDue load) {
            return new Command.DueLoaded(load.load(), snapshots.due(shard, load.query()));
        }
        throw new IllegalStateException("Nothing is read for " + effect + ".");
    }

    /** What was stored meanwhile is in both parts, and is told once. */
    private void read(History question) {
        var image = question.image();
        try {
            var history = new LinkedHashSet<RunImage.Transition>();
            snapshots.run(image.tenant(), image.run()).ifPresent(stored -> history.addAll(stored.history()));
            history.addAll(image.history());
            waiting.reply(
                    question.replyTo(), new Reply.RunRead(image.withHistory(RunImage.since(List.copyOf(history)))));
        } catch (RuntimeException e) {
            LOG.warn("The stored history of run {} cannot be read.", image.run(), e);
            waiting.fail(
                    question.replyTo(),
                    "SHARD_UNAVAILABLE",
                    "The history of run " + image.run() + " cannot be read right now. Try again.");
        }
    }
}
