package dev.millrace.controlplane.dispatch;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.runs.ChildRuns;
import dev.millrace.controlplane.streams.WireIds;
import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Content;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.TenantId;
import dev.millrace.expression.EventQuestion;
import dev.millrace.expression.EventQuestions;
import dev.millrace.expression.InvalidExpressionException;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.CheckpointMade;
import dev.millrace.protocol.worker.v1.CheckpointNews;
import dev.millrace.protocol.worker.v1.StoredCheckpoint;
import dev.millrace.protocol.worker.v1.Suspended;
import dev.millrace.protocol.worker.v1.Trail;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What workers say of durable steps, and are told of them. Large results are kept apart, as those of steps are. */
final class DurableFrames {
    private static final int MOST_CHARACTERS_OF_DIGEST = 64;
    private static final int MOST_BYTES_OF_ASK = 64 << 10;
    private static final int ENOUGH_BYTES = 1 << 20;
    private static final long MOST_WAIT_MICROS = Command.ExtendTimeout.MOST.toSeconds() * 1_000_000;
    private static final long DAY_MICROS = 24L * 60 * 60 * 1_000_000;

    private final Payloads payloads;
    private final EventQuestions questions;
    private final Function<ChildRuns.Wish, CompletionStage<Content>> children;

    /** @param children makes ready what steps want to start */
    DurableFrames(
            Payloads payloads, EventQuestions questions, Function<ChildRuns.Wish, CompletionStage<Content>> children) {
        this.payloads = payloads;
        this.questions = questions;
        this.children = children;
    }

    // ---- what a worker says

    /** The checkpoints of a frame, one command for each attempt; large results are stored before the stage completes. */
    CompletionStage<List<Command>> checkpoints(TenantId tenant, long session, List<CheckpointMade> made) {
        if (made.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        made.forEach(DurableFrames::requireJson);
        var results = made.stream()
                .map(each -> (each.getAsk().isEmpty() ? each.getValue() : each.getAsk()).toByteArray())
                .toList();
        return children(made).thenCombine(payloads.keep(tenant, results), (begun, kept) -> {
            Map<dev.millrace.engine.AttemptRef, List<Command.NewCheckpoint>> byAttempt = new LinkedHashMap<>();
            for (int i = 0; i < made.size(); i++) {
                byAttempt
                        .computeIfAbsent(Wire.attempt(made.get(i).getAttempt()), any -> new ArrayList<>())
                        .add(checkpoint(made.get(i), kept.get(i), begun.get(made.get(i))));
            }
            List<Command> commands = new ArrayList<>(byAttempt.size());
            byAttempt.forEach((attempt, each) -> commands.add(new Command.StoreCheckpoints(session, attempt, each)));
            return commands;
        });
    }

    /** What is to be stored of the children among them. */
    private CompletionStage<Map<CheckpointMade, Content>> children(List<CheckpointMade> made) {
        CompletionStage<Map<CheckpointMade, Content>> begun =
                CompletableFuture.completedFuture(new IdentityHashMap<>());
        for (var each : made) {
            if (each.hasChild()) {
                begun = begun.thenCombine(children.apply(wish(each)), (before, content) -> {
                    before.put(each, content);
                    return before;
                });
            }
        }
        return begun;
    }

    private static ChildRuns.Wish wish(CheckpointMade made) {
        var child = made.getChild();
        if (made.getKind() != dev.millrace.protocol.worker.v1.CheckpointKind.CHILD) {
            throw Wire.violation("action '" + made.getName() + "' starts a child, but is a " + made.getKind());
        }
        if (child.getPriority() < 0 || child.getPriority() > Priority.values().length) {
            throw Wire.violation("the priority of child '" + made.getName() + "' is "
                    + Integer.toUnsignedString(child.getPriority()) + "; it is 1 to 4, or 0 for that of its parent");
        }
        return new ChildRuns.Wish(
                child.getWorkflow(),
                child.getShape(),
                child.getInput().toByteArray(),
                child.getPriority() == 0 ? Optional.empty() : Optional.of(Priority.ofCode(child.getPriority())),
                child.getMetadataMap(),
                child.getDeadlineMillis() == 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(child.getDeadlineMillis())),
                child.getAbandoned());
    }

    static Command suspended(long session, Suspended suspended) {
        if (suspended.getNeeds() < 0) {
            throw Wire.violation("a step that left needs " + Integer.toUnsignedString(suspended.getNeeds())
                    + " things before it goes on");
        }
        return new Command.SuspendAttempt(
                session,
                Wire.attempt(suspended.getAttempt()),
                suspended.getSeen(),
                Math.max(1, suspended.getNeeds()),
                Wire.spent(suspended.getSpent()));
    }

    private static void requireJson(CheckpointMade made) {
        requireAsk(made);
        if (made.getValue().isEmpty()) {
            return;
        }
        if (made.getValue().size() > Payloads.MAX_BYTES) {
            throw Wire.violation("the result of action '" + made.getName() + "' has "
                    + made.getValue().size() + " bytes; the limit is " + Payloads.MAX_BYTES);
        }
        try {
            Json.check(made.getValue().toByteArray());
        } catch (InvalidJsonException e) {
            throw Wire.violation("the result of action '" + made.getName() + "' is no JSON: " + e.getMessage());
        }
    }

    private static void requireAsk(CheckpointMade made) {
        if (made.getAsk().isEmpty()) {
            return;
        }
        if (made.getContentCase() != CheckpointMade.ContentCase.WAIT_MICROS) {
            throw Wire.violation("action '" + made.getName() + "' asks for something and does not wait for it");
        }
        if (made.getAsk().size() > MOST_BYTES_OF_ASK) {
            throw Wire.violation("what action '" + made.getName() + "' waits for takes "
                    + made.getAsk().size() + " bytes; it may take " + MOST_BYTES_OF_ASK);
        }
        try {
            Json.check(made.getAsk().toByteArray());
        } catch (InvalidJsonException e) {
            throw Wire.violation("what action '" + made.getName() + "' waits for is no JSON: " + e.getMessage());
        }
    }

    /** @param child of a child what is to be stored; else null */
    private Command.NewCheckpoint checkpoint(CheckpointMade made, Payload value, Content child) {
        if (made.getPlace() < 0 || made.getDigest().length() > MOST_CHARACTERS_OF_DIGEST) {
            throw Wire.violation("action '" + made.getName() + "' is at place "
                    + Integer.toUnsignedString(made.getPlace()) + " and has a digest of "
                    + made.getDigest().length() + " characters");
        }
        return new Command.NewCheckpoint(
                made.getNumber(),
                key(made),
                made.getPlace(),
                kind(made),
                made.getDigest(),
                child != null ? child : content(made, value));
    }

    private static CheckpointKey key(CheckpointMade made) {
        try {
            return new CheckpointKey(made.getBranch(), made.getName(), made.getCount());
        } catch (IllegalArgumentException e) {
            throw Wire.violation(e.getMessage());
        }
    }

    private static CheckpointKind kind(CheckpointMade made) {
        return switch (made.getKind()) {
            case CHECKPOINT_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw Wire.violation("action '" + made.getName() + "' is of no kind that is known");
            case CALL, SLEEP, EVENT, SIGNAL, CHILD, APPROVAL, NOW, RANDOM, UUID, VERSION, DONE, STATE, ANSWER ->
                CheckpointKind.valueOf(made.getKind().name());
        };
    }

    private Content content(CheckpointMade made, Payload value) {
        return switch (made.getContentCase()) {
            case VALUE -> new Content.Value(value);
            case FAILURE -> new Content.Failed(Wire.failure(made.getFailure()));
            case WAIT_MICROS -> {
                requireWait(made, made.getWaitMicros(), MOST_WAIT_MICROS);
                var problem = made.getKind() == dev.millrace.protocol.worker.v1.CheckpointKind.EVENT
                        ? problem(made.getAsk().toByteArray())
                        : Optional.<Failure>empty();
                yield problem.isPresent()
                        ? new Content.Failed(problem.get())
                        : new Content.Wait(Duration.of(made.getWaitMicros(), ChronoUnit.MICROS), value);
            }
            case WAIT_UNTIL_MICROS -> {
                var until = Instant.EPOCH.plus(made.getWaitUntilMicros(), ChronoUnit.MICROS);
                // A day more than the SDK allows, because clocks differ.
                long left = Math.max(0, ChronoUnit.MICROS.between(Instant.now(), until));
                requireWait(made, left, MOST_WAIT_MICROS + DAY_MICROS);
                yield new Content.WaitUntil(until);
            }
            case CHILD -> throw new IllegalStateException("Child '" + made.getName() + "' was not made ready.");
            case CONTENT_NOT_SET -> throw Wire.violation("action '" + made.getName() + "' says nothing of itself");
        };
    }

    /** Why a step cannot wait for an event: then it is told so instead. */
    private Optional<Failure> problem(byte[] ask) {
        try {
            questions.require(EventQuestion.read(ask));
            return Optional.empty();
        } catch (InvalidExpressionException e) {
            var problems = e.problems().stream()
                    .map(problem -> "column " + problem.column() + ": " + problem.message())
                    .collect(Collectors.joining(" "));
            return Optional.of(Failure.of("EXPRESSION_INVALID", problems));
        } catch (IllegalArgumentException e) {
            return Optional.of(Failure.of("EXPRESSION_INVALID", e.getMessage()));
        }
    }

    private static void requireWait(CheckpointMade made, long micros, long most) {
        if (micros < 0 || micros > most) {
            throw Wire.violation(
                    "action '" + made.getName() + "' waits for " + micros + " microseconds; it may wait up to " + most);
        }
    }

    // ---- what a worker is told

    /** What is stored of a durable step, in pieces that fit into frames. */
    static List<Trail> trails(AttemptRef attempt, List<Checkpoint> checkpoints, Map<Payload, byte[]> values) {
        if (checkpoints.isEmpty()) {
            return List.of();
        }
        List<Trail> trails = new ArrayList<>();
        var trail = Trail.newBuilder().setAttempt(attempt);
        int bytes = 0;
        for (var checkpoint : checkpoints) {
            var message = checkpoint(checkpoint, values);
            if (bytes > ENOUGH_BYTES) {
                trails.add(trail.build());
                trail.clearCheckpoints();
                bytes = 0;
            }
            bytes += message.getSerializedSize();
            trail.addCheckpoints(message);
        }
        trails.add(trail.build());
        return trails;
    }

    static List<CheckpointNews> stored(AttemptRef attempt, List<dev.millrace.engine.Effect.StoredCheckpoint> stored) {
        return stored.stream()
                .map(each -> CheckpointNews.newBuilder()
                        .setAttempt(attempt)
                        .setStored(StoredCheckpoint.newBuilder()
                                .setNumber(each.number())
                                .setOrder(each.order())
                                .setChildRunId(child(each.source())))
                        .build())
                .toList();
    }

    static CheckpointNews settled(AttemptRef attempt, Checkpoint checkpoint, Map<Payload, byte[]> values) {
        return CheckpointNews.newBuilder()
                .setAttempt(attempt)
                .setSettled(checkpoint(checkpoint, values))
                .build();
    }

    private static dev.millrace.protocol.worker.v1.Checkpoint checkpoint(Checkpoint from, Map<Payload, byte[]> values) {
        var checkpoint = dev.millrace.protocol.worker.v1.Checkpoint.newBuilder()
                .setBranch(from.key().branch())
                .setName(from.key().name())
                .setCount(from.key().count())
                .setPlace(from.place())
                .setKind(dev.millrace.protocol.worker.v1.CheckpointKind.valueOf(
                        from.kind().name()))
                .setDigest(from.digest())
                .setState(dev.millrace.protocol.worker.v1.Checkpoint.State.valueOf(
                        from.state().name()))
                .setOrder(from.order())
                .setSource(from.source());
        if (!from.isOpen()) {
            checkpoint.setValue(UnsafeByteOperations.unsafeWrap(Payloads.bytes(from.value(), values)));
        }
        if (from.kind() == CheckpointKind.CHILD) {
            checkpoint.setChildRunId(child(from.source()));
        }
        from.failure().ifPresent(failure -> checkpoint.setFailure(Wire.failure(failure)));
        return checkpoint.build();
    }

    private static ByteString child(String source) {
        return source.isEmpty() ? ByteString.EMPTY : WireIds.bytes(java.util.UUID.fromString(source));
    }
}
