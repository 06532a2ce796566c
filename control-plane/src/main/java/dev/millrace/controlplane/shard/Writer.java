package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.shard.postgres.PostgresJournal.RefusedException;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that stores. It takes a round, stores the batches of all its shards in one transaction, and only then lets their
 * effects go: nothing that is not stored is ever told to anybody. It says that it is hungry as soon as a round is stored, so that the
 * next one is stored while nobody waits for the effects of the last. It renews the leases, too.
 */
final class Writer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    private final Storage storage;
    private final Inbox inbox;
    private final Waiting waiting;
    private final Sessions sessions;
    private final Loader loader;
    private final Projector projector;
    private final ShardClock clock;
    private final ShardMeters meters;
    private final Duration lease;
    private final Duration renewEvery;

    /** The shards whose leases are renewed. */
    private final Map<Integer, OwnedShard> owned = new ConcurrentHashMap<>();

    private volatile Optional<Round> next = Optional.empty();
    private volatile boolean hungry = true;
    private volatile boolean stopping;
    private volatile Optional<Thread> thread = Optional.empty();

    private long renewedAt = System.nanoTime();

    Writer(
            Storage storage,
            Inbox inbox,
            Waiting waiting,
            Sessions sessions,
            Loader loader,
            Projector projector,
            ShardClock clock,
            ShardMeters meters,
            Duration lease,
            Duration renewEvery) {
        this.storage = storage;
        this.inbox = inbox;
        this.waiting = waiting;
        this.sessions = sessions;
        this.loader = loader;
        this.projector = projector;
        this.clock = clock;
        this.meters = meters;
        this.lease = lease;
        this.renewEvery = renewEvery;
    }

    // ---- for the core's thread ----

    /** Whether the writer would take a round at once. */
    boolean isHungry() {
        return hungry;
    }

    /** Hands a round over. Only to a hungry writer. */
    void take(Round round) {
        hungry = false;
        next = Optional.of(round);
        thread.ifPresent(LockSupport::unpark);
    }

    void serve(OwnedShard shard) {
        owned.put(shard.number, shard);
    }

    void forget(OwnedShard shard) {
        owned.remove(shard.number, shard);
    }

    /** Ends the thread once it has nothing to store. */
    void stop() {
        stopping = true;
        thread.ifPresent(LockSupport::unpark);
    }

    // ---- the thread ----

    @Override
    public void run() {
        thread = Optional.of(Thread.currentThread());
        while (!stopping || next.isPresent()) {
            var round = next;
            if (round.isPresent()) {
                next = Optional.empty();
                process(round.get());
            } else {
                long idle = renewEvery.toNanos() - (System.nanoTime() - renewedAt);
                if (idle > 0) {
                    LockSupport.parkNanos(this, idle);
                }
            }
            if (System.nanoTime() - renewedAt >= renewEvery.toNanos()) {
                renew();
            }
        }
    }

    private void process(Round round) {
        try {
            store(round);
        } catch (RuntimeException | Error e) {
            LOG.error("A round could not be stored.", e);
            round.parts.forEach(part -> lose(part.shard(), "a batch of it could not be stored: " + e));
        }
        hungry = true;
        inbox.wake();
        release(round);
        for (var capture : round.captures) {
            if (!capture.shard().lost) {
                projector.take(capture);
            }
        }
    }

    private void store(Round round) {
        List<Round.Part> parts = new ArrayList<>();
        boolean others = false;
        for (var part : round.parts) {
            if (!part.shard().lost) {
                if (part.hasFacts()) {
                    parts.add(part);
                } else {
                    others = true;
                }
            }
        }
        store(parts);
        if (others && System.nanoTime() - renewedAt > lease.toNanos() / 2) {
            // Answers that rest on memory alone are given only by who surely owns it.
            renew();
        }
    }

    /** Stores the batches. A shard that another has taken, or whose batch is refused, does not take the others with it. */
    private void store(List<Round.Part> parts) {
        while (!parts.isEmpty()) {
            try {
                long begun = System.nanoTime();
                storage.journal().append(entries(parts));
                meters.committed(parts, System.nanoTime() - begun);
                return;
            } catch (FencedException e) {
                parts.removeIf(part -> {
                    boolean fenced = part.shard().number == e.shard();
                    if (fenced) {
                        lose(part.shard(), "another owner has taken it");
                    }
                    return fenced;
                });
            } catch (RefusedException e) {
                LOG.error("{}", e.getMessage());
                if (parts.size() > 1) {
                    parts.forEach(part -> store(new ArrayList<>(List.of(part))));
                } else {
                    lose(parts.get(0).shard(), "the database refused its batch");
                }
                return;
            } catch (JournalException e) {
                LOG.error("{}", e.getMessage());
                // Whether it was stored is unknown; and with the connection went the proof that we own anything.
                owned.values().forEach(shard -> lose(shard, "it is unknown what is stored of it"));
                parts.forEach(part -> lose(part.shard(), "it is unknown what is stored of it"));
                return;
            }
        }
    }

    private static List<Journal.Entry> entries(List<Round.Part> parts) {
        return parts.stream()
                .map(part -> new Journal.Entry(
                        part.shard().number,
                        part.shard().epoch,
                        part.seq(),
                        part.batch().facts()))
                .toList();
    }

    private void lose(OwnedShard shard, String reason) {
        if (!shard.lost) {
            shard.lost = true;
            inbox.put(new Message.Lost(shard, reason));
        }
    }

    private void renew() {
        Map<Integer, Long> epochs = new HashMap<>();
        owned.values().forEach(shard -> {
            if (!shard.lost) {
                epochs.put(shard.number, shard.epoch);
            }
        });
        renewedAt = System.nanoTime();
        if (epochs.isEmpty()) {
            return;
        }
        try {
            Instant asked = clock.machineTime();
            var shared = storage.renew(epochs);
            clock.correct(shared, asked, clock.machineTime());
        } catch (FencedException e) {
            Optional.ofNullable(owned.get(e.shard())).ifPresent(shard -> lose(shard, "another owner has taken it"));
        } catch (JournalException e) {
            LOG.error("{}", e.getMessage());
            owned.values().forEach(shard -> lose(shard, "its lease could not be renewed"));
        } catch (RuntimeException e) {
            LOG.error("The leases could not be renewed.", e);
            owned.values().forEach(shard -> lose(shard, "its lease could not be renewed"));
        }
    }

    // ---- effects ----

    private void release(Round round) {
        Map<Long, List<Effect>> bySession = new LinkedHashMap<>();
        for (var part : round.parts) {
            if (!part.shard().lost) {
                for (var effect : part.batch().effects()) {
                    release(part.shard(), effect, bySession);
                }
            }
        }
        bySession.forEach(sessions::deliver);
        round.notices.forEach(Runnable::run);
    }

    private void release(OwnedShard shard, Effect effect, Map<Long, List<Effect>> bySession) {
        if (effect instanceof Effect.Reply reply
                && reply.reply() instanceof Reply.RunRead read
                && !read.image().isNew()) {
            loader.history(reply.replyTo(), read.image());
        } else if (effect instanceof Effect.Reply reply) {
            waiting.reply(reply.replyTo(), reply.reply());
        } else if (effect instanceof Effect.OfSession told) {
            of(bySession, told.session()).add(effect);
        } else if (effect instanceof Effect.DecideStep question) {
            sessions.ask(question);
        } else if (effect instanceof Effect.GatherInput question) {
            sessions.gather(question);
        } else if (effect instanceof Effect.Awaits awaits) {
            sessions.awaits(awaits);
        } else if (effect instanceof Effect.LoadKeys load) {
            loader.keys(shard, load);
        } else if (effect instanceof Effect.LoadRun load) {
            loader.run(shard, load);
        } else if (effect instanceof Effect.LoadWindows || effect instanceof Effect.LoadDue) {
            loader.waiting(shard, effect);
        } else {
            throw new IllegalStateException("Nobody carries out " + effect + ".");
        }
    }

    private static List<Effect> of(Map<Long, List<Effect>> bySession, long session) {
        return bySession.computeIfAbsent(session, any -> new ArrayList<>());
    }

    /** The shards that are still ours. For after the end. */
    List<OwnedShard> owned() {
        return owned.values().stream().filter(shard -> !shard.lost).toList();
    }
}
