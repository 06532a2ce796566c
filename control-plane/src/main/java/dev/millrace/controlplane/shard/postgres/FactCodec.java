package dev.millrace.controlplane.shard.postgres;

import static dev.millrace.controlplane.shard.postgres.Instants.instant;
import static dev.millrace.controlplane.shard.postgres.Instants.micros;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunState;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.UniqueKey;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.protocol.journal.v1.Attempt;
import dev.millrace.protocol.journal.v1.AttemptExtended;
import dev.millrace.protocol.journal.v1.AttemptFailed;
import dev.millrace.protocol.journal.v1.AttemptLost;
import dev.millrace.protocol.journal.v1.AttemptOffered;
import dev.millrace.protocol.journal.v1.AttemptSpent;
import dev.millrace.protocol.journal.v1.AttemptSucceeded;
import dev.millrace.protocol.journal.v1.AttemptSuspended;
import dev.millrace.protocol.journal.v1.Batch;
import dev.millrace.protocol.journal.v1.BudgetRaised;
import dev.millrace.protocol.journal.v1.CheckpointStored;
import dev.millrace.protocol.journal.v1.CleanUpStarted;
import dev.millrace.protocol.journal.v1.KeyClaimed;
import dev.millrace.protocol.journal.v1.RateLimitClosed;
import dev.millrace.protocol.journal.v1.RunCancelRequested;
import dev.millrace.protocol.journal.v1.RunEnded;
import dev.millrace.protocol.journal.v1.RunNoted;
import dev.millrace.protocol.journal.v1.RunOnly;
import dev.millrace.protocol.journal.v1.RunReplayed;
import dev.millrace.protocol.journal.v1.RunRestarted;
import dev.millrace.protocol.journal.v1.RunStarted;
import dev.millrace.protocol.journal.v1.SignalReceived;
import dev.millrace.protocol.journal.v1.StartJoined;
import dev.millrace.protocol.journal.v1.StepAdmitted;
import dev.millrace.protocol.journal.v1.TaskCancelRequested;
import dev.millrace.protocol.journal.v1.TaskFailed;
import dev.millrace.protocol.journal.v1.TaskHeld;
import dev.millrace.protocol.journal.v1.TaskSettled;
import dev.millrace.protocol.journal.v1.TaskSkipped;
import dev.millrace.protocol.journal.v1.TurnEnded;
import dev.millrace.protocol.journal.v1.Version;
import dev.millrace.protocol.journal.v1.WindowClosed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The facts of one batch to the bytes of a journal entry and back. Long because there are many kinds of facts: each is written and read
 * in one place here, both ways beside each other, so that a field that only one of them knows is seen at once.
 */
final class FactCodec {
    private FactCodec() {}

    static byte[] encode(long epoch, List<Fact> facts) {
        return new Encoder(facts).encode(epoch);
    }

    static Journal.Entry decode(int shard, long seq, byte[] body) {
        try {
            var batch = Batch.parseFrom(body);
            return new Journal.Entry(shard, batch.getEpoch(), seq, new Decoder(batch).facts());
        } catch (InvalidProtocolBufferException e) {
            throw new UnknownFormatException("a journal entry", e);
        }
    }

    /** Positions of what has been named before, so that it stands in the batch once. */
    private static final class Names<T> {
        private final Map<T, Integer> positions = new HashMap<>();
        // Facts about the same thing often follow each other.
        private T last;
        private int lastPosition;

        int position(T name, Consumer<T> isNew) {
            if (!name.equals(last)) {
                var known = positions.putIfAbsent(name, positions.size());
                last = name;
                lastPosition = known == null ? positions.size() - 1 : known;
                if (known == null) {
                    isNew.accept(name);
                }
            }
            return lastPosition;
        }
    }

    private static final class Encoder {
        private final List<Fact> facts;
        private final Batch.Builder batch = Batch.newBuilder();
        private final Names<TenantId> tenants = new Names<>();
        private final Names<RunId> runs = new Names<>();
        private final Names<WorkerId> workers = new Names<>();
        private final Names<VersionRef> versions = new Names<>();

        Encoder(List<Fact> facts) {
            this.facts = facts;
        }

        byte[] encode(long epoch) {
            long base = facts.isEmpty() ? 0 : micros(facts.get(0).at());
            batch.setEpoch(epoch).setBase(base);
            var message = dev.millrace.protocol.journal.v1.Fact.newBuilder();
            for (var fact : facts) {
                long at = micros(fact.at());
                message.clear()
                        .setTenant(tenants.position(
                                fact.tenant(), tenant -> batch.addTenants(Messages.bytes(tenant.value()))))
                        .setAt(at - base);
                put(fact, at, message);
                batch.addFacts(message.build());
            }
            return batch.build().toByteArray();
        }

        private void put(Fact fact, long at, dev.millrace.protocol.journal.v1.Fact.Builder message) {
            if (fact instanceof Fact.RunStarted f) {
                message.setRunStarted(started(f, at));
            } else if (fact instanceof Fact.StartJoined f) {
                message.setStartJoined(joined(f, at));
            } else if (fact instanceof Fact.WindowClosed f) {
                message.setWindowClosed(closed(f, at));
            } else if (fact instanceof Fact.RunNoted f) {
                message.setRunNoted(RunNoted.newBuilder()
                        .setRun(run(f.run()))
                        .setWhat(f.what())
                        .setDetail(f.detail()));
            } else if (fact instanceof Fact.RunReplayed f) {
                message.setRunReplayed(replayed(f, at));
            } else if (fact instanceof Fact.KeyClaimed f) {
                var entry = f.entry();
                message.setKeyClaimed(KeyClaimed.newBuilder()
                        .setScope(entry.key().scope())
                        .setKey(entry.key().key())
                        .setOutcomes(Messages.message(entry.outcomes()))
                        .setDigest(entry.digest())
                        .setClaimed(micros(entry.at()) - at)
                        .setClaimsBefore(entry.claim() - 1)
                        .setUntil(entry.until().equals(Instant.MAX) ? 0 : micros(entry.until()) - at)
                        .setUntilEnded(entry.untilEnded()));
            } else if (fact instanceof Fact.AttemptOffered f) {
                message.setAttemptOffered(AttemptOffered.newBuilder()
                        .setAttempt(attempt(f.attempt()))
                        .setWorker(workers.position(
                                f.worker(), worker -> batch.addWorkers(Messages.bytes(worker.value()))))
                        .setCall(f.call())
                        .setBuild(f.build()));
            } else if (fact instanceof Fact.AttemptStarted f) {
                message.setAttemptStarted(attempt(f.attempt()));
            } else if (fact instanceof Fact.AttemptSucceeded f) {
                var succeeded = AttemptSucceeded.newBuilder()
                        .setAttempt(attempt(f.attempt()))
                        .setElements(f.elements());
                if (f.result().isPresent()) {
                    succeeded.setResult(Messages.message(f.result()));
                }
                message.setAttemptSucceeded(succeeded);
            } else if (fact instanceof Fact.AttemptFailed f) {
                var failed = AttemptFailed.newBuilder()
                        .setAttempt(attempt(f.attempt()))
                        .setState(f.state().code())
                        .setFailure(Messages.message(f.failure()));
                if (f.retried()) {
                    failed.setRetryAt(micros(f.retryAt()) - at);
                }
                message.setAttemptFailed(failed);
            } else if (fact instanceof Fact.AttemptLost f) {
                message.setAttemptLost(AttemptLost.newBuilder()
                        .setAttempt(attempt(f.attempt()))
                        .setReason(f.reason()));
            } else if (fact instanceof Fact.AttemptCancelled f) {
                message.setAttemptCancelled(attempt(f.attempt()));
            } else if (fact instanceof Fact.AttemptExtended f) {
                message.setAttemptExtended(AttemptExtended.newBuilder()
                        .setAttempt(attempt(f.attempt()))
                        .setUntil(micros(f.until()) - at));
            } else if (fact instanceof Fact.RunRestarted f) {
                message.setRunRestarted(restarted(f, at));
            } else if (fact instanceof Fact.SlotsReleased f) {
                message.setSlotsReleased(attempt(f.attempt()));
            } else if (fact instanceof Fact.AttemptSpent f) {
                message.setAttemptSpent(AttemptSpent.newBuilder()
                        .setAttempt(attempt(f.attempt()))
                        .setSpent(SpentCodec.message(f.spent())));
            } else if (fact instanceof Fact.TurnEnded f) {
                message.setTurnEnded(TurnEnded.newBuilder()
                        .setAttempt(attempt(f.attempt()))
                        .setState(Messages.message(f.state()))
                        .setNext(micros(f.next()) - at));
            } else if (fact instanceof Fact.AttemptSuspended f) {
                message.setAttemptSuspended(AttemptSuspended.newBuilder()
                        .setAttempt(attempt(f.attempt()))
                        .setSeen(f.seen())
                        .setNeeds(f.needs() == 1 ? 0 : f.needs()));
            } else if (fact instanceof Fact.CheckpointStored f) {
                message.setCheckpointStored(CheckpointStored.newBuilder()
                        .setAttempt(attempt(f.attempt()))
                        .setCheckpoint(CheckpointCodec.message(f.checkpoint()))
                        .setBuild(f.build()));
            } else if (fact instanceof Fact.CheckpointSettled f) {
                message.setCheckpointSettled(CheckpointCodec.message(f, run(f.run())));
            } else if (fact instanceof Fact.SignalReceived f) {
                message.setSignalReceived(SignalReceived.newBuilder()
                        .setRun(run(f.run()))
                        .setSignal(CheckpointCodec.message(f.signal())));
            } else if (fact instanceof Fact.TaskCancelRequested f) {
                message.setTaskCancelRequested(TaskCancelRequested.newBuilder()
                        .setRun(run(f.run()))
                        .setGeneration(f.generation())
                        .setNode(f.node())
                        .setElement(f.element())
                        .setBy(f.by())
                        .setReason(f.reason()));
            } else if (fact instanceof Fact.TaskSettled f) {
                message.setTaskSettled(settled(f));
            } else if (fact instanceof Fact.StepAdmitted f) {
                message.setStepAdmitted(admitted(f));
            } else if (fact instanceof Fact.TaskFailed f) {
                message.setTaskFailed(TaskFailed.newBuilder()
                        .setRun(run(f.run()))
                        .setGeneration(f.generation())
                        .setNode(f.node())
                        .setElement(f.element())
                        .setFailure(Messages.message(f.failure())));
            } else if (fact instanceof Fact.TaskHeld f) {
                message.setTaskHeld(TaskHeld.newBuilder()
                        .setRun(run(f.run()))
                        .setGeneration(f.generation())
                        .setNode(f.node())
                        .setElement(f.element())
                        .setBudget(f.budget()));
            } else if (fact instanceof Fact.BudgetRaised f) {
                message.setBudgetRaised(BudgetRaised.newBuilder()
                        .setRun(run(f.run()))
                        .setBudget(f.budget())
                        .setLimit(f.limit())
                        .setBy(f.by())
                        .setReason(f.reason()));
            } else if (fact instanceof Fact.TaskSkipped f) {
                message.setTaskSkipped(TaskSkipped.newBuilder()
                        .setRun(run(f.run()))
                        .setGeneration(f.generation())
                        .setNode(f.node())
                        .setElement(f.element())
                        .setReason(f.reason()));
            } else if (fact instanceof Fact.RunCancelRequested f) {
                message.setRunCancelRequested(
                        RunCancelRequested.newBuilder().setRun(run(f.run())).setReason(f.reason()));
            } else if (fact instanceof Fact.RunDeadlinePassed f) {
                message.setRunDeadlinePassed(RunOnly.newBuilder().setRun(run(f.run())));
            } else if (fact instanceof Fact.CleanUpStarted f) {
                message.setCleanUpStarted(
                        CleanUpStarted.newBuilder().setRun(run(f.run())).addAllHandlers(f.handlers()));
            } else if (fact instanceof Fact.RunEnded f) {
                message.setRunEnded(RunEnded.newBuilder()
                        .setRun(run(f.run()))
                        .setState(f.state().code())
                        .setCompensated(f.compensated()));
            } else if (fact instanceof Fact.RateLimitClosed f) {
                message.setRateLimitClosed(RateLimitClosed.newBuilder()
                        .setLimit(f.limit())
                        .setKey(f.key())
                        .setUntil(micros(f.until()) - at));
            } else {
                throw new IllegalStateException("There is no form for a " + fact.getClass() + " in the journal.");
            }
        }

        private RunStarted started(Fact.RunStarted f, long at) {
            var started = RunStarted.newBuilder()
                    .setRun(run(f.run()))
                    .setGeneration(f.generation())
                    .setVersion(version(f.version()))
                    .setIdempotencyKey(f.idempotencyKey())
                    .setPriority(f.priority().code())
                    .setDeadline(micros(f.deadline()) - at);
            f.metadata().forEach((key, value) -> started.addMetadata(Messages.entry(key, value)));
            if (f.input().isPresent()) {
                started.setInput(Messages.message(f.input()));
            }
            if (f.terms() != RunTerms.NONE) {
                started.setTerms(TermsCodec.message(f.terms()));
            }
            f.parent().ifPresent(parent -> started.setParent(ParentCodec.message(parent)));
            return started.build();
        }

        private StartJoined joined(Fact.StartJoined f, long at) {
            var joined = StartJoined.newBuilder()
                    .setRun(run(f.run()))
                    .setPriority(f.priority().code())
                    .setDeadline(micros(f.deadline()) - at)
                    .setCloses(micros(f.closes()) - at);
            f.metadata().forEach((key, value) -> joined.addMetadata(Messages.entry(key, value)));
            if (f.input().isPresent()) {
                joined.setInput(Messages.message(f.input()));
            }
            if (f.terms() != RunTerms.NONE) {
                joined.setTerms(TermsCodec.message(f.terms()));
            }
            return joined.build();
        }

        private WindowClosed closed(Fact.WindowClosed f, long at) {
            var closed = WindowClosed.newBuilder().setRun(run(f.run())).setDeadline(micros(f.deadline()) - at);
            if (f.input().isPresent()) {
                closed.setInput(Messages.message(f.input()));
            }
            if (f.terms() != RunTerms.NONE) {
                closed.setTerms(TermsCodec.message(f.terms()));
            }
            return closed.build();
        }

        private RunRestarted restarted(Fact.RunRestarted f, long at) {
            var restarted =
                    RunRestarted.newBuilder().setAttempt(attempt(f.attempt())).setDeadline(micros(f.deadline()) - at);
            if (f.input().isPresent()) {
                restarted.setInput(Messages.message(f.input()));
            }
            if (f.terms() != RunTerms.NONE) {
                restarted.setTerms(TermsCodec.message(f.terms()));
            }
            return restarted.build();
        }

        private StepAdmitted admitted(Fact.StepAdmitted f) {
            var admitted = StepAdmitted.newBuilder()
                    .setRun(run(f.run()))
                    .setGeneration(f.generation())
                    .setNode(f.node());
            TermsCodec.put(f.verdicts(), admitted);
            return admitted.build();
        }

        private TaskSettled settled(Fact.TaskSettled f) {
            var settled = TaskSettled.newBuilder()
                    .setRun(run(f.run()))
                    .setGeneration(f.generation())
                    .setNode(f.node())
                    .setElement(f.element())
                    .setState(f.state().code())
                    .setElements(f.elements())
                    .setBy(f.by())
                    .setReason(f.reason());
            if (f.result().isPresent()) {
                settled.setResult(Messages.message(f.result()));
            }
            return settled.build();
        }

        private RunReplayed replayed(Fact.RunReplayed f, long at) {
            long started = micros(f.started());
            var replayed = RunReplayed.newBuilder()
                    .setRun(run(f.run()))
                    .setGeneration(f.generation())
                    .setVersion(version(f.version()))
                    .setIdempotencyKey(f.idempotencyKey())
                    .setPriority(f.priority().code())
                    .putAllMetadata(f.metadata())
                    .setStarted(started)
                    .setDeadline(micros(f.deadline()) - at)
                    .setBy(f.by())
                    .setReason(f.reason());
            if (f.input().isPresent()) {
                replayed.setInput(Messages.message(f.input()));
            }
            if (f.terms() != RunTerms.NONE) {
                replayed.setTerms(TermsCodec.message(f.terms()));
            }
            f.parent().ifPresent(parent -> replayed.setParent(ParentCodec.message(parent)));
            SpentCodec.message(f.allowance()).ifPresent(replayed::setAllowance);
            replayed.putAllHeard(f.heard());
            f.kept().forEach(task -> replayed.addKept(ImageCodec.message(task, started)));
            return replayed.build();
        }

        private int version(VersionRef version) {
            return versions.position(
                    version,
                    isNew -> batch.addVersions(
                            Version.newBuilder().setWorkflow(isNew.workflow()).setHash(isNew.hash())));
        }

        private int run(RunId run) {
            return runs.position(run, id -> batch.addRuns(Messages.bytes(id.value())));
        }

        private Attempt attempt(AttemptRef attempt) {
            return Attempt.newBuilder()
                    .setRun(run(attempt.run()))
                    .setGeneration(attempt.generation())
                    .setNode(attempt.node())
                    .setElement(attempt.element())
                    .setAttempt(attempt.attempt())
                    .build();
        }
    }

    private static final class Decoder {
        private final Batch batch;
        private final List<TenantId> tenants = new ArrayList<>();
        private final List<RunId> runs = new ArrayList<>();
        private final List<WorkerId> workers = new ArrayList<>();
        private final List<VersionRef> versions = new ArrayList<>();

        Decoder(Batch batch) {
            this.batch = batch;
            batch.getTenantsList().forEach(id -> tenants.add(new TenantId(Messages.uuid(id))));
            batch.getRunsList().forEach(id -> runs.add(new RunId(Messages.uuid(id))));
            batch.getWorkersList().forEach(id -> workers.add(new WorkerId(Messages.uuid(id))));
            batch.getVersionsList()
                    .forEach(version -> versions.add(new VersionRef(version.getWorkflow(), version.getHash())));
        }

        List<Fact> facts() {
            var facts = new ArrayList<Fact>(batch.getFactsCount());
            for (var message : batch.getFactsList()) {
                facts.add(fact(message));
            }
            return facts;
        }

        private Fact fact(dev.millrace.protocol.journal.v1.Fact message) {
            var tenant = tenants.get(message.getTenant());
            long micros = batch.getBase() + message.getAt();
            var at = instant(micros);
            return switch (message.getKindCase()) {
                case RUN_STARTED -> started(tenant, at, micros, message.getRunStarted());
                case START_JOINED -> joined(tenant, at, micros, message.getStartJoined());
                case WINDOW_CLOSED -> closed(tenant, at, micros, message.getWindowClosed());
                case RUN_NOTED ->
                    new Fact.RunNoted(
                            tenant,
                            at,
                            runs.get(message.getRunNoted().getRun()),
                            message.getRunNoted().getWhat(),
                            message.getRunNoted().getDetail());
                case RUN_REPLAYED -> replayed(tenant, at, micros, message.getRunReplayed());
                case KEY_CLAIMED -> {
                    var claimed = message.getKeyClaimed();
                    yield new Fact.KeyClaimed(
                            tenant,
                            at,
                            new KeyEntry(
                                    new UniqueKey(tenant, claimed.getScope(), claimed.getKey()),
                                    Messages.outcomes(claimed.getOutcomes()),
                                    claimed.getDigest(),
                                    instant(micros + claimed.getClaimed()),
                                    claimed.getClaimsBefore() + 1,
                                    claimed.getUntil() == 0 ? Instant.MAX : instant(micros + claimed.getUntil()),
                                    claimed.getUntilEnded()));
                }
                case ATTEMPT_OFFERED -> {
                    var offered = message.getAttemptOffered();
                    yield new Fact.AttemptOffered(
                            tenant,
                            at,
                            attempt(offered.getAttempt()),
                            workers.get(offered.getWorker()),
                            offered.getCall(),
                            offered.getBuild());
                }
                case ATTEMPT_STARTED -> new Fact.AttemptStarted(tenant, at, attempt(message.getAttemptStarted()));
                case SLOTS_RELEASED -> new Fact.SlotsReleased(tenant, at, attempt(message.getSlotsReleased()));
                case ATTEMPT_SUCCEEDED -> {
                    var succeeded = message.getAttemptSucceeded();
                    yield new Fact.AttemptSucceeded(
                            tenant,
                            at,
                            attempt(succeeded.getAttempt()),
                            succeeded.hasResult() ? Messages.payload(succeeded.getResult()) : Payload.NONE,
                            succeeded.getElements());
                }
                case ATTEMPT_FAILED -> {
                    var failed = message.getAttemptFailed();
                    yield new Fact.AttemptFailed(
                            tenant,
                            at,
                            attempt(failed.getAttempt()),
                            AttemptState.ofCode(failed.getState()),
                            Messages.failure(failed.getFailure()),
                            failed.hasRetryAt() ? instant(micros + failed.getRetryAt()) : Instant.MAX);
                }
                case ATTEMPT_LOST -> {
                    var lost = message.getAttemptLost();
                    yield new Fact.AttemptLost(tenant, at, attempt(lost.getAttempt()), lost.getReason());
                }
                case ATTEMPT_CANCELLED -> new Fact.AttemptCancelled(tenant, at, attempt(message.getAttemptCancelled()));
                case ATTEMPT_EXTENDED -> {
                    var extended = message.getAttemptExtended();
                    yield new Fact.AttemptExtended(
                            tenant, at, attempt(extended.getAttempt()), instant(micros + extended.getUntil()));
                }
                case ATTEMPT_SPENT -> {
                    var spent = message.getAttemptSpent();
                    yield new Fact.AttemptSpent(
                            tenant, at, attempt(spent.getAttempt()), SpentCodec.spent(spent.getSpent()));
                }
                case TURN_ENDED -> {
                    var turned = message.getTurnEnded();
                    yield new Fact.TurnEnded(
                            tenant,
                            at,
                            attempt(turned.getAttempt()),
                            Messages.payload(turned.getState()),
                            instant(micros + turned.getNext()));
                }
                case ATTEMPT_SUSPENDED -> {
                    var suspended = message.getAttemptSuspended();
                    yield new Fact.AttemptSuspended(
                            tenant,
                            at,
                            attempt(suspended.getAttempt()),
                            suspended.getSeen(),
                            Math.max(1, suspended.getNeeds()));
                }
                case CHECKPOINT_STORED -> {
                    var stored = message.getCheckpointStored();
                    yield new Fact.CheckpointStored(
                            tenant,
                            at,
                            attempt(stored.getAttempt()),
                            CheckpointCodec.checkpoint(stored.getCheckpoint()),
                            stored.getBuild());
                }
                case RUN_RESTARTED -> {
                    var restarted = message.getRunRestarted();
                    yield new Fact.RunRestarted(
                            tenant,
                            at,
                            attempt(restarted.getAttempt()),
                            restarted.hasInput() ? Messages.payload(restarted.getInput()) : Payload.NONE,
                            instant(micros + restarted.getDeadline()),
                            restarted.hasTerms() ? TermsCodec.terms(restarted.getTerms()) : RunTerms.NONE);
                }
                case CHECKPOINT_SETTLED -> {
                    var settled = message.getCheckpointSettled();
                    yield CheckpointCodec.settled(tenant, at, runs.get(settled.getRun()), settled);
                }
                case SIGNAL_RECEIVED -> {
                    var received = message.getSignalReceived();
                    yield new Fact.SignalReceived(
                            tenant, at, runs.get(received.getRun()), CheckpointCodec.signal(received.getSignal()));
                }
                case TASK_CANCEL_REQUESTED -> {
                    var requested = message.getTaskCancelRequested();
                    yield new Fact.TaskCancelRequested(
                            tenant,
                            at,
                            runs.get(requested.getRun()),
                            requested.getGeneration(),
                            requested.getNode(),
                            requested.getElement(),
                            requested.getBy(),
                            requested.getReason());
                }
                case TASK_SETTLED -> {
                    var settled = message.getTaskSettled();
                    yield new Fact.TaskSettled(
                            tenant,
                            at,
                            runs.get(settled.getRun()),
                            settled.getGeneration(),
                            settled.getNode(),
                            settled.getElement(),
                            TaskState.ofCode(settled.getState()),
                            settled.hasResult() ? Messages.payload(settled.getResult()) : Payload.NONE,
                            settled.getElements(),
                            settled.getBy(),
                            settled.getReason());
                }
                case STEP_ADMITTED -> admitted(tenant, at, message.getStepAdmitted());
                case TASK_FAILED -> {
                    var failed = message.getTaskFailed();
                    yield new Fact.TaskFailed(
                            tenant,
                            at,
                            runs.get(failed.getRun()),
                            failed.getGeneration(),
                            failed.getNode(),
                            failed.getElement(),
                            Messages.failure(failed.getFailure()));
                }
                case TASK_HELD -> {
                    var held = message.getTaskHeld();
                    yield new Fact.TaskHeld(
                            tenant,
                            at,
                            runs.get(held.getRun()),
                            held.getGeneration(),
                            held.getNode(),
                            held.getElement(),
                            held.getBudget());
                }
                case BUDGET_RAISED -> {
                    var raised = message.getBudgetRaised();
                    yield new Fact.BudgetRaised(
                            tenant,
                            at,
                            runs.get(raised.getRun()),
                            raised.getBudget(),
                            raised.getLimit(),
                            raised.getBy(),
                            raised.getReason());
                }
                case TASK_SKIPPED -> {
                    var skipped = message.getTaskSkipped();
                    yield new Fact.TaskSkipped(
                            tenant,
                            at,
                            runs.get(skipped.getRun()),
                            skipped.getGeneration(),
                            skipped.getNode(),
                            skipped.getElement(),
                            skipped.getReason());
                }
                case RUN_CANCEL_REQUESTED -> {
                    var requested = message.getRunCancelRequested();
                    yield new Fact.RunCancelRequested(tenant, at, runs.get(requested.getRun()), requested.getReason());
                }
                case RUN_DEADLINE_PASSED ->
                    new Fact.RunDeadlinePassed(
                            tenant, at, runs.get(message.getRunDeadlinePassed().getRun()));
                case CLEAN_UP_STARTED -> {
                    var started = message.getCleanUpStarted();
                    yield new Fact.CleanUpStarted(tenant, at, runs.get(started.getRun()), started.getHandlersList());
                }
                case RUN_ENDED -> {
                    var ended = message.getRunEnded();
                    yield new Fact.RunEnded(
                            tenant,
                            at,
                            runs.get(ended.getRun()),
                            RunState.ofCode(ended.getState()),
                            ended.getCompensated());
                }
                case RATE_LIMIT_CLOSED -> {
                    var closed = message.getRateLimitClosed();
                    yield new Fact.RateLimitClosed(
                            tenant, at, closed.getLimit(), closed.getKey(), instant(micros + closed.getUntil()));
                }
                case KIND_NOT_SET -> throw new UnknownFormatException("a kind of fact");
            };
        }

        private Fact.RunStarted started(TenantId tenant, Instant at, long micros, RunStarted started) {
            return new Fact.RunStarted(
                    tenant,
                    at,
                    runs.get(started.getRun()),
                    started.getGeneration(),
                    versions.get(started.getVersion()),
                    started.hasInput() ? Messages.payload(started.getInput()) : Payload.NONE,
                    started.getIdempotencyKey(),
                    Priority.ofCode(started.getPriority()),
                    Messages.map(started.getMetadataList()),
                    instant(micros + started.getDeadline()),
                    started.hasTerms() ? TermsCodec.terms(started.getTerms()) : RunTerms.NONE,
                    started.hasParent() ? Optional.of(ParentCodec.parent(started.getParent())) : Optional.empty());
        }

        private Fact.StartJoined joined(TenantId tenant, Instant at, long micros, StartJoined joined) {
            return new Fact.StartJoined(
                    tenant,
                    at,
                    runs.get(joined.getRun()),
                    joined.hasInput() ? Messages.payload(joined.getInput()) : Payload.NONE,
                    Priority.ofCode(joined.getPriority()),
                    Messages.map(joined.getMetadataList()),
                    instant(micros + joined.getDeadline()),
                    joined.hasTerms() ? TermsCodec.terms(joined.getTerms()) : RunTerms.NONE,
                    instant(micros + joined.getCloses()));
        }

        private Fact.WindowClosed closed(TenantId tenant, Instant at, long micros, WindowClosed closed) {
            return new Fact.WindowClosed(
                    tenant,
                    at,
                    runs.get(closed.getRun()),
                    closed.hasInput() ? Messages.payload(closed.getInput()) : Payload.NONE,
                    instant(micros + closed.getDeadline()),
                    closed.hasTerms() ? TermsCodec.terms(closed.getTerms()) : RunTerms.NONE);
        }

        private Fact.StepAdmitted admitted(TenantId tenant, Instant at, StepAdmitted admitted) {
            return new Fact.StepAdmitted(
                    tenant,
                    at,
                    runs.get(admitted.getRun()),
                    admitted.getGeneration(),
                    admitted.getNode(),
                    TermsCodec.verdicts(admitted));
        }

        private Fact.RunReplayed replayed(TenantId tenant, Instant at, long micros, RunReplayed replayed) {
            return new Fact.RunReplayed(
                    tenant,
                    at,
                    runs.get(replayed.getRun()),
                    replayed.getGeneration(),
                    versions.get(replayed.getVersion()),
                    replayed.hasInput() ? Messages.payload(replayed.getInput()) : Payload.NONE,
                    replayed.getIdempotencyKey(),
                    Priority.ofCode(replayed.getPriority()),
                    replayed.getMetadataMap(),
                    instant(replayed.getStarted()),
                    instant(micros + replayed.getDeadline()),
                    replayed.hasTerms() ? TermsCodec.terms(replayed.getTerms()) : RunTerms.NONE,
                    replayed.hasParent() ? Optional.of(ParentCodec.parent(replayed.getParent())) : Optional.empty(),
                    SpentCodec.allowance(replayed.getAllowance()),
                    replayed.getHeardMap(),
                    replayed.getKeptList().stream()
                            .map(task -> ImageCodec.Stored.task(task, replayed.getStarted()))
                            .toList(),
                    replayed.getBy(),
                    replayed.getReason());
        }

        private AttemptRef attempt(Attempt attempt) {
            return new AttemptRef(
                    runs.get(attempt.getRun()),
                    attempt.getGeneration(),
                    attempt.getNode(),
                    attempt.getElement(),
                    attempt.getAttempt());
        }
    }
}
