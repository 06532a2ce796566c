package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.triggers.events.EventWaiters;
import dev.millrace.controlplane.triggers.events.Occurrence;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.TenantId;
import dev.millrace.expression.EventQuestions;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The steps that wait for events. Who begins to wait is entered first and then looks back; an event is stored first and then told:
 * so none passes between the two. What comes twice is known to the shard. Safe for use by several threads; nothing blocks.
 */
@Singleton
final class EventWaits implements EventWaiters {
    private final WaiterIndex index = new WaiterIndex();
    private final Map<WaitName, Waiter> waiters = new ConcurrentHashMap<>();
    private final EventQuestions questions = new EventQuestions();
    private final Bringing bringing;
    private final LookBack lookBack;

    EventWaits(Bringing bringing, LookBack lookBack) {
        this.bringing = bringing;
        this.lookBack = lookBack;
    }

    /** A step waits. */
    void opened(OpenedWait wait) {
        var waiter = new Waiter(wait);
        if (waiters.putIfAbsent(wait.name(), waiter) == null) {
            index.add(waiter);
            lookBack.look(waiter, this);
        }
    }

    /** A step does not wait any more. */
    void over(WaitName name) {
        var waiter = waiters.remove(name);
        if (waiter != null) {
            index.remove(waiter);
        }
    }

    boolean isOpen(Waiter waiter) {
        return waiters.get(waiter.wait.name()) == waiter;
    }

    int size() {
        return waiters.size();
    }

    @Override
    public boolean concern(TenantId tenant, String name) {
        return index.concern(tenant, name);
    }

    @Override
    public CompletionStage<List<Satisfied>> tell(Occurrence occurrence) {
        if (!concern(occurrence.tenant(), occurrence.name())) {
            return CompletableFuture.completedFuture(List.of());
        }
        var event = occurrence.event();
        var labels = occurrence.labels();
        List<CompletableFuture<Optional<Satisfied>>> told = new ArrayList<>();
        for (var waiter : index.candidates(occurrence.tenant(), occurrence.name(), event)) {
            if (waiter.hears() && questions.holds(waiter.question, occurrence.name(), event, labels)) {
                told.add(bring(waiter, occurrence).toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(told.toArray(CompletableFuture[]::new))
                .thenApply(done -> told.stream()
                        .map(CompletableFuture::join)
                        .flatMap(Optional::stream)
                        .toList());
    }

    /** Whether it is what the waiter asks for. */
    boolean fits(Waiter waiter, Occurrence occurrence, dev.millrace.manifest.JsonValue event) {
        return questions.holds(waiter.question, occurrence.name(), event, occurrence.labels());
    }

    /** Empty where somebody else was first, or the step has had this event. Fails when it may be tried again. */
    CompletionStage<Optional<Satisfied>> bring(Waiter waiter, Occurrence occurrence) {
        var name = waiter.wait.name();
        return bringing.bring(
                        name,
                        CheckpointKind.EVENT,
                        occurrence.data(),
                        occurrence.id().toString())
                .handle((settled, failure) -> {
                    if (failure == null) {
                        return settled.accepted()
                                ? Optional.of(new Satisfied(
                                        name.run().value(),
                                        waiter.wait.version().workflow(),
                                        name.key().name()))
                                : Optional.<Satisfied>empty();
                    }
                    var refusal = Problems.refusal(Problems.unwrapped(failure));
                    if (refusal.code() == ErrorCode.RUN_NOT_FOUND) {
                        over(name);
                        return Optional.<Satisfied>empty();
                    }
                    throw new ApiException(refusal.code(), refusal.getMessage());
                });
    }
}
