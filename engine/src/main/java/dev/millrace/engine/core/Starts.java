package dev.millrace.engine.core;

import dev.millrace.engine.Command.FollowRun;
import dev.millrace.engine.Command.KeysLoaded;
import dev.millrace.engine.Command.RunStart;
import dev.millrace.engine.Command.StartRuns;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Fact;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.KeyLife;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.StartOutcome;
import dev.millrace.engine.UniqueKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides starts. Every key of a command is known before it is decided: claimed in memory, or asked for in the store. A
 * command whose keys are being asked for waits, and every later one that names such a key waits behind it. A key that is free
 * once its run has ended is asked for also when only its run is not in memory: the store knows whether that has ended.
 */
final class Starts {
    static final String IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT";
    static final String REQUEST_CONFLICT = "REQUEST_CONFLICT";
    static final String WORKFLOW_NOT_FOUND = "WORKFLOW_NOT_FOUND";
    static final String OVERLOADED = "OVERLOADED";

    /**
     * A command that waits.
     *
     * @param pinned all its keys: what memory knows of them must not be forgotten before it is decided
     * @param unknown those of them that it waits for
     */
    private record Parked(StartRuns command, List<UniqueKey> pinned, Set<UniqueKey> unknown) {}

    private final Memory memory;
    private final Recorder recorder;
    private final Progress progress;
    private final Windowing windowing;
    private final Inquiries inquiries;
    private final Followers followers;
    private final LoadNumbers numbers;

    private final Map<Long, Set<UniqueKey>> loads = new HashMap<>();
    /** The commands that wait for a key that is being asked for, in the order in which they came. */
    private final Map<UniqueKey, List<Parked>> asked = new HashMap<>();

    Starts(
            Memory memory,
            Recorder recorder,
            Progress progress,
            Windowing windowing,
            Followers followers,
            Inquiries inquiries,
            LoadNumbers numbers) {
        this.memory = memory;
        this.recorder = recorder;
        this.progress = progress;
        this.windowing = windowing;
        this.followers = followers;
        this.inquiries = inquiries;
        this.numbers = numbers;
    }

    void start(StartRuns command) {
        var unknown = unknown(command);
        if (unknown.isEmpty()) {
            decide(command);
            return;
        }
        var parked = new Parked(command, keys(command), unknown);
        parked.pinned.forEach(memory.keys::pin);
        var toAsk = new LinkedHashSet<UniqueKey>();
        for (var key : unknown) {
            var waiting = asked.get(key);
            if (waiting == null) {
                waiting = new ArrayList<>(2);
                asked.put(key, waiting);
                toAsk.add(key);
            }
            waiting.add(parked);
        }
        if (!toAsk.isEmpty()) {
            long load = numbers.next();
            loads.put(load, toAsk);
            recorder.effect(new Effect.LoadKeys(load, toAsk));
        }
    }

    /** Keys that neither memory nor the shape of the command tells us about, and those that an earlier command waits for. */
    private Set<UniqueKey> unknown(StartRuns command) {
        Set<UniqueKey> unknown = Set.of();
        var request = requestKey(command);
        if (memory.keys.get(request) == null && (mayBeKnown(command) || asked.containsKey(request))) {
            unknown = with(unknown, request);
        }
        for (int i = 0; i < command.runs().size(); i++) {
            var start = command.runs().get(i);
            if (start.idempotencyKey().isPresent()) {
                var key = startKey(command, start);
                var entry = memory.keys.get(key);
                if (entry == null || dependsOnStore(entry)) {
                    unknown = with(unknown, key);
                }
            }
        }
        return unknown;
    }

    private boolean mayBeKnown(StartRuns command) {
        return command.mayBeKnown() || !memory.keys.isNew(requestKey(command), command.request(), recorder.nowMicros());
    }

    private static List<UniqueKey> keys(StartRuns command) {
        var keys = new ArrayList<UniqueKey>();
        keys.add(requestKey(command));
        for (var start : command.runs()) {
            if (start.idempotencyKey().isPresent()) {
                keys.add(startKey(command, start));
            }
        }
        return keys;
    }

    private static Set<UniqueKey> with(Set<UniqueKey> keys, UniqueKey key) {
        var more = keys.isEmpty() ? new LinkedHashSet<UniqueKey>() : keys;
        more.add(key);
        return more;
    }

    private static UniqueKey requestKey(StartRuns command) {
        return new UniqueKey(
                command.tenant(), UniqueKey.REQUEST, command.request().toString());
    }

    private static UniqueKey startKey(StartRuns command, RunStart start) {
        return new UniqueKey(
                command.tenant(),
                UniqueKey.startScope(start.version().workflow()),
                start.idempotencyKey().orElseThrow());
    }

    void loaded(KeysLoaded command) {
        var keys = loads.remove(command.load());
        if (keys == null) {
            return;
        }
        for (var entry : command.found()) {
            var known = memory.keys.get(entry.key());
            if (known == null || known.claim() == entry.claim() && dependsOnStore(known)) {
                memory.keys.put(entry);
            }
        }
        var answered = new ArrayList<Parked>();
        for (var key : keys) {
            for (var parked : asked.remove(key)) {
                parked.unknown.remove(key);
                if (parked.unknown.isEmpty()) {
                    answered.add(parked);
                }
            }
        }
        for (var parked : answered) {
            decide(parked.command);
            parked.pinned.forEach(memory.keys::unpin);
        }
    }

    private void decide(StartRuns command) {
        var request = memory.keys.get(requestKey(command));
        if (request != null) {
            repeat(command, request);
            return;
        }
        if (memory.isFull(command.runs().size())) {
            recorder.refuse(
                    command.replyTo(),
                    OVERLOADED,
                    "The shard holds " + memory.runs.size() + " active runs and may hold "
                            + memory.settings.maxRunsResident() + "; their inputs, results and checkpoints take "
                            + memory.payloadBytes + " bytes of memory and may take "
                            + memory.settings.maxPayloadBytes() + ". Nothing was started. Try again later.");
            return;
        }
        var outcomes = new ArrayList<StartOutcome>(command.runs().size());
        boolean anyStarted = false;
        for (int i = 0; i < command.runs().size(); i++) {
            var outcome = decide(command, command.runs().get(i));
            outcomes.add(outcome);
            anyStarted |= outcome instanceof StartOutcome.Started started && !started.existing();
        }
        if (anyStarted) {
            claim(command, new KeyEntry(requestKey(command), outcomes, "", recorder.now()));
        }
        recorder.reply(command.replyTo(), new Reply.RunsStarted(outcomes));
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof StartOutcome.Started started) {
                follow(command, command.runs().get(i), started.run());
            }
        }
    }

    /** Whether the key is free if its run has ended, and memory does not know whether it has. */
    private boolean dependsOnStore(KeyEntry entry) {
        return entry.untilEnded() && entry.until().equals(Instant.MAX) && memory.runs.get(entry.run()) == null;
    }

    private boolean isFree(KeyEntry entry) {
        if (!entry.until().isAfter(recorder.now())) {
            return true;
        }
        var run = entry.untilEnded() ? memory.runs.get(entry.run()) : null;
        return run != null && run.state.isFinal();
    }

    private StartOutcome decide(StartRuns command, RunStart start) {
        int claims = 0;
        if (start.idempotencyKey().isPresent()) {
            var entry = memory.keys.get(startKey(command, start));
            if (entry != null && !isFree(entry)) {
                return existing(start, entry);
            }
            claims = entry == null ? 0 : entry.claim();
        }
        var tenant = memory.tenants.get(command.tenant());
        var version = tenant == null ? null : tenant.version(start.version());
        if (version == null) {
            return new StartOutcome.Refused(
                    WORKFLOW_NOT_FOUND,
                    "There is no version " + start.version() + ". Register the workflow first; a worker does so when it"
                            + " starts.");
        }
        var met = windowing.meet(tenant, version, start);
        if (met.isPresent()) {
            if (met.get() instanceof StartOutcome.Started
                    && start.idempotencyKey().isPresent()) {
                claim(command, start, met.get(), claims + 1);
            }
            return met.get();
        }
        recorder.record(new Fact.RunStarted(
                command.tenant(),
                recorder.now(),
                start.run(),
                1,
                start.version(),
                start.input(),
                start.idempotencyKey().orElse(""),
                start.priority(),
                start.metadata(),
                deadline(version, start, recorder.nowMicros()),
                start.terms()));
        progress.settle(memory.run(start.run()));
        var outcome = new StartOutcome.Started(start.run(), false);
        if (start.idempotencyKey().isPresent()) {
            claim(command, start, outcome, claims + 1);
        }
        return outcome;
    }

    /** When the time of a run is up that starts now. */
    static Instant deadline(Version version, RunStart start, long nowMicros) {
        long longest = version.plan.deadlineMicros;
        return Instants.of(nowMicros
                + start.deadline()
                        .map(wanted -> Math.min(Instants.micros(wanted), longest))
                        .orElse(longest));
    }

    private void claim(StartRuns command, RunStart start, StartOutcome outcome, int claim) {
        var until = start.keyLife() instanceof KeyLife.For life
                ? Instants.of(recorder.nowMicros() + Instants.micros(life.time()))
                : Instant.MAX;
        claim(
                command,
                new KeyEntry(
                        startKey(command, start),
                        List.of(outcome),
                        start.digest(),
                        recorder.now(),
                        claim,
                        until,
                        start.keyLife() instanceof KeyLife.UntilFinished));
    }

    private void claim(StartRuns command, KeyEntry entry) {
        recorder.record(new Fact.KeyClaimed(command.tenant(), recorder.now(), entry));
    }

    /** The key has been claimed: by the same start, or by another one. */
    private static StartOutcome existing(RunStart start, KeyEntry entry) {
        var run = entry.run();
        if (entry.digest().equals(start.digest())) {
            return new StartOutcome.Started(run, true);
        }
        return new StartOutcome.Refused(
                IDEMPOTENCY_CONFLICT,
                "Idempotency key '" + entry.key().key() + "' of workflow '"
                        + start.version().workflow() + "' was used for run " + run
                        + ", which had another input. Nothing was"
                        + " started; use another key, or the same input.");
    }

    /** The request has been decided: the same answer again. */
    private void repeat(StartRuns command, KeyEntry request) {
        if (request.outcomes().size() != command.runs().size()) {
            recorder.refuse(
                    command.replyTo(),
                    REQUEST_CONFLICT,
                    "Request " + command.request() + " was decided before with "
                            + request.outcomes().size() + " runs, but comes again with "
                            + command.runs().size() + ". Nothing was started; use a new request id.");
            return;
        }
        var outcomes = new ArrayList<StartOutcome>();
        for (var outcome : request.outcomes()) {
            outcomes.add(
                    outcome instanceof StartOutcome.Started started
                            ? new StartOutcome.Started(started.run(), true)
                            : outcome);
        }
        recorder.reply(command.replyTo(), new Reply.RunsStarted(outcomes));
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof StartOutcome.Started started) {
                follow(command, command.runs().get(i), started.run());
            }
        }
    }

    private void follow(StartRuns command, RunStart start, RunId run) {
        if (start.follow() == 0) {
            return;
        }
        var resident = memory.runs.get(run);
        if (resident != null) {
            followers.follow(resident, start.follow());
        } else {
            inquiries.ask(new FollowRun(start.follow(), command.tenant(), run));
        }
    }
}
