package dev.millrace.engine.simulation;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Spent;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.engine.harness.RandomWorkflows;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where workers come in at an instance: their sessions, what they say, and what they are told. */
final class WorkerDoor {
    private static final long SILENCE = 6 * Timeline.SECOND;

    private static final class Session {
        final long number;
        final WorkerProcess worker;
        final Stream stream;
        final int shard;
        long heard;

        Session(long number, WorkerProcess worker, Stream stream, int shard, long heard) {
            this.number = number;
            this.worker = worker;
            this.stream = stream;
            this.shard = shard;
            this.heard = heard;
        }
    }

    private final World world;
    private final Instance instance;
    private final Map<Long, Session> sessions = new LinkedHashMap<>();
    private final Map<Stream, Session> byStream = new HashMap<>();

    WorkerDoor(World world, Instance instance) {
        this.world = world;
        this.instance = instance;
    }

    /** The instance is gone; most of those who were here notice it. */
    void crashed() {
        for (var session : sessions.values()) {
            if (world.dice(instance.name()).chance(0.8)) {
                world.time().in(world.messageDelay(), session.worker, () -> session.worker.ended(session.stream));
            }
        }
        sessions.clear();
        byStream.clear();
    }

    /** A shard is not here any more: its workers are to look for it elsewhere. */
    void sendAway(int shard) {
        for (var session : List.copyOf(sessions.values())) {
            if (session.shard == shard) {
                forget(session);
                session.stream.toCaller(() -> session.worker.ended(session.stream));
                session.stream.sever();
            }
        }
    }

    /** Notices from time to time who has been silent for too long. */
    void lookAround() {
        for (var session : List.copyOf(sessions.values())) {
            if (world.time().now() - session.heard > SILENCE) {
                world.hit(Probe.WORKER_SILENT);
                session.stream.sever();
                end(session);
            }
        }
        world.time().in(500 * Timeline.MILLI, instance, this::lookAround);
    }

    void hello(Stream stream, WorkerProcess worker, TenantId tenant, WorkerInfo info, List<AttemptRef> running) {
        var shard = instance.shardOf(tenant);
        if (shard.isEmpty()) {
            stream.toCaller(() -> worker.ended(stream));
            stream.sever();
            return;
        }
        var session = new Session(
                instance.number(),
                worker,
                stream,
                shard.get().number(),
                world.time().now());
        sessions.put(session.number, session);
        byStream.put(stream, session);
        var heard =
                world.has(Flaw.SLOT_KINDS_MISTOLD) ? info.withSlotKinds(Map.of(RandomWorkflows.SLOT_KIND, 100)) : info;
        shard.get().decide(new Command.ConnectWorker(session.number, tenant, heard, running));
    }

    void says(
            Stream stream,
            List<AttemptRef> accepted,
            List<Command.Completion> completions,
            List<AttemptRef> returned,
            boolean draining) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            instance.decide(
                    session.shard,
                    new Command.WorkerSays(session.number, accepted, forged(completions), returned, draining));
        }
    }

    /** With {@link Flaw#ANY_ATTEMPT_COMPLETES} the door does not pass on which attempt a completion is of, and the newest gets it. */
    private List<Command.Completion> forged(List<Command.Completion> completions) {
        if (!world.has(Flaw.ANY_ATTEMPT_COMPLETES)) {
            return completions;
        }
        return completions.stream()
                .map(completion -> new Command.Completion(
                        completion.sequence(),
                        world.judge().newest(completion.attempt()),
                        completion.outcome(),
                        completion.spent()))
                .toList();
    }

    void extend(Stream stream, AttemptRef attempt, Duration more) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            instance.decide(session.shard, new Command.ExtendTimeout(session.number, attempt, more));
        }
    }

    void store(Stream stream, AttemptRef attempt, Command.NewCheckpoint made) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            instance.decide(session.shard, new Command.StoreCheckpoints(session.number, attempt, List.of(made)));
        }
    }

    void spent(Stream stream, AttemptRef attempt, Spent spent) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            instance.decide(session.shard, new Command.ReportSpent(session.number, attempt, spent));
        }
    }

    void suspend(Stream stream, AttemptRef attempt, int seen, Spent spent) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            instance.decide(session.shard, new Command.SuspendAttempt(session.number, attempt, seen, spent));
        }
    }

    void releaseSlots(Stream stream, AttemptRef attempt) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            instance.decide(session.shard, new Command.ReleaseSlots(session.number, attempt));
        }
    }

    void heard(Stream stream) {
        var session = byStream.get(stream);
        if (session != null) {
            session.heard = world.time().now();
        }
    }

    void heartbeat(Stream stream) {
        heard(stream);
        var session = byStream.get(stream);
        if (session != null) {
            stream.toCaller(() -> session.worker.heard(stream));
        }
    }

    /** A worker's stream ended. */
    void ended(Stream stream) {
        var session = byStream.get(stream);
        if (session != null) {
            end(session);
        }
    }

    private void end(Session session) {
        forget(session);
        instance.decide(session.shard, new Command.DisconnectWorker(session.number));
    }

    private void forget(Session session) {
        sessions.remove(session.number);
        byStream.remove(session.stream);
    }

    // ---- what they are told ----

    private static boolean isFirst(Effect effect) {
        return effect instanceof Effect.Assign assign
                && assign.assignment().attempt().attempt() == 1;
    }

    private static Effect withoutCheckpoints(Effect effect) {
        if (!(effect instanceof Effect.Assign assign)) {
            return effect;
        }
        var of = assign.assignment();
        return new Effect.Assign(
                assign.session(),
                new Effect.Assignment(
                        of.attempt(),
                        of.tenant(),
                        of.version(),
                        of.step(),
                        of.arguments(),
                        of.timeout(),
                        of.retriesLeft(),
                        of.metadata(),
                        of.runStarted(),
                        of.failure(),
                        of.startsWhenConfirmed(),
                        Checkpoints.NONE,
                        of.call(),
                        of.turn(),
                        of.seals()));
    }

    /** What was decided for a session is stored. */
    void tell(Effect.OfSession effect) {
        var session = sessions.get(effect.session());
        if (session == null) {
            return;
        }
        instance.speaks();
        var heard = world.has(Flaw.CHECKPOINTS_LEFT_OUT) || world.has(Flaw.KEPT_CHECKPOINTS_LEFT_OUT) && isFirst(effect)
                ? withoutCheckpoints(effect)
                : effect;
        session.stream.toCaller(() -> session.worker.told(session.stream, heard));
        if (effect instanceof Effect.CloseWorker) {
            world.hit(Probe.WORKER_REPLACED);
            forget(session);
            session.stream.sever();
        }
    }
}
