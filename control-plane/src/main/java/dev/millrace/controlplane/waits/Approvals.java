package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.waits.ApprovalRows.Note;
import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.OpenWait;
import dev.millrace.engine.Reply;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers that runs wait for, the soonest to be over first. An answer is stored in the run; the first counts, and who gave it and
 * when stands with it. Safe for use by several threads; nothing blocks.
 */
@Singleton
final class Approvals {
    private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);
    private static final int MOST_SHOWN = 5;
    /** So many are looked through for those of a role. */
    private static final int MOST_LOOKED_AT = 10_000;

    /** The place of an approval in the inbox. */
    record Place(Instant until, String id) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::until).thenComparing(Place::id);

        static Place of(Approval approval) {
            return new Place(approval.asked().until(), approval.id());
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /** An approval with what is remembered of it, and whom it is for. */
    record Noted(Approval approval, Note note, String role) {
        /**
         * As it stands at a time. What somebody decided goes before what the run says; who had taken it on before it went to others by
         * itself has it no longer.
         */
        static Noted at(Instant now, Approval approval, Note note) {
            if (!note.role().isEmpty()) {
                return new Noted(approval, note, note.role());
            }
            boolean isVoid = approval.escalated(now)
                    .filter(then -> note.claimedAt()
                            .filter(claimed -> claimed.isBefore(then.at()))
                            .isPresent())
                    .isPresent();
            return new Noted(approval, isVoid ? Note.NONE : note, approval.role(now));
        }
    }

    private final Map<TenantId, ConcurrentSkipListMap<Place, Approval>> open = new ConcurrentHashMap<>();
    private final Map<WaitName, Approval> byName = new ConcurrentHashMap<>();
    private final ApprovalRows rows;
    private final Bringing bringing;
    private final RaisedBudgets budgets;
    private final Clock clock;
    private final ExecutorService blocking;

    Approvals(
            ApprovalRows rows,
            Bringing bringing,
            RaisedBudgets budgets,
            Clock clock,
            @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.rows = rows;
        this.bringing = bringing;
        this.budgets = budgets;
        this.clock = clock;
        this.blocking = blocking;
    }

    // ---- what the runs say

    /** A run asks. */
    void opened(OpenedWait wait) {
        var approval = Approval.of(wait);
        if (byName.putIfAbsent(wait.name(), approval) == null) {
            of(wait.name().tenant()).put(Place.of(approval), approval);
        }
    }

    /** A run does not ask any more. */
    void over(WaitName name) {
        var approval = byName.remove(name);
        if (approval == null) {
            return;
        }
        of(name.tenant()).remove(Place.of(approval));
        try {
            blocking.execute(() -> forget(name.tenant(), approval.id()));
        } catch (RejectedExecutionException e) {
            LOG.debug("The server stops; what is remembered of approval {} stays.", approval.id());
        }
    }

    private ConcurrentSkipListMap<Place, Approval> of(TenantId tenant) {
        return open.computeIfAbsent(tenant, any -> new ConcurrentSkipListMap<>());
    }

    private void forget(TenantId tenant, String id) {
        try {
            rows.forget(tenant, id);
        } catch (RuntimeException e) {
            LOG.warn("What is remembered of approval {} stays, because it cannot be removed: {}", id, e.getMessage());
        }
    }

    // ---- what people ask

    /**
     * Some of those that are open.
     *
     * @param role only those that are for it; empty for all
     * @param after those that come after it; empty for the first ones
     */
    CompletionStage<List<Noted>> list(TenantId tenant, Optional<String> role, Optional<Place> after, int limit) {
        var all = of(tenant);
        var approvals = after.map(place -> all.tailMap(place, false)).orElse(all).values().stream()
                .limit(role.isPresent() ? MOST_LOOKED_AT : limit)
                .toList();
        return later(() -> noted(tenant, approvals).stream()
                .filter(noted -> role.isEmpty() || noted.role().equals(role.get()))
                .limit(limit)
                .toList());
    }

    private List<Noted> noted(TenantId tenant, List<Approval> approvals) {
        var notes = rows.find(tenant, approvals.stream().map(Approval::id).toList());
        var now = clock.instant();
        return approvals.stream()
                .map(approval -> Noted.at(now, approval, notes.getOrDefault(approval.id(), Note.NONE)))
                .toList();
    }

    private <T> CompletionStage<T> later(Supplier<T> body) {
        return CompletableFuture.supplyAsync(body, blocking);
    }

    /** Fails if there is none, or none any more. */
    CompletionStage<Noted> find(TenantId tenant, String id) {
        var name = ApprovalId.read(tenant, id);
        var approval = byName.get(name);
        if (approval == null && name.node() == OpenWait.OF_RUN) {
            throw new ApiException(
                    ErrorCode.APPROVAL_OVER,
                    "Approval " + id + " is over: somebody has let its run use more, or the run has ended.");
        }
        return approval != null
                ? later(() -> noted(tenant, List.of(approval)).get(0))
                : bringing.look(name).thenApply(now -> {
                    throw over(id, now);
                });
    }

    CompletionStage<Noted> claim(Principal who, String id, String by) {
        return find(who.tenant(), id)
                .thenCompose(found -> later(() -> {
                    var now = clock.instant();
                    var voidBefore = found.approval()
                            .escalated(now)
                            .map(Approval.Escalation::at)
                            .orElse(Instant.EPOCH);
                    var note = rows.claim(who, id, by, now, voidBefore);
                    requireFree(note, id, by);
                    return Noted.at(now, found.approval(), note);
                }));
    }

    CompletionStage<Noted> release(Principal who, String id) {
        return find(who.tenant(), id)
                .thenCompose(found -> later(() -> {
                    rows.release(who, id, clock.instant());
                    return id;
                }))
                .thenCompose(done -> find(who.tenant(), id));
    }

    CompletionStage<Noted> escalate(Principal who, String id, String role, String reason) {
        return find(who.tenant(), id)
                .thenCompose(found -> later(() -> {
                    rows.escalate(who, id, role, reason, clock.instant());
                    return id;
                }))
                .thenCompose(done -> find(who.tenant(), id));
    }

    private static void requireFree(Note note, String id, String by) {
        if (note.isClaimed() && !note.claimedBy().equals(by)) {
            throw new ApiException(
                    ErrorCode.APPROVAL_TAKEN,
                    "Approval " + id + " was taken on by " + note.claimedBy()
                            + note.claimedAt().map(at -> " at " + at).orElse("")
                            + ". Whoever has it can release it.");
        }
    }

    /**
     * Answers.
     *
     * @param json has passed as such
     */
    CompletionStage<Noted> answer(Principal who, String id, String by, byte[] json) {
        Payloads.requireSize(json, "$.answer");
        return find(who.tenant(), id).thenCompose(found -> {
            requireFree(found.note(), id, by);
            requireFit(found.approval(), json);
            var name = found.approval().asked().name();
            if (found.approval().budget().isPresent()) {
                return budgets.raise(who, name.run(), name.key().name(), limit(json), by, "as the run asked")
                        .thenApply(raised -> found);
            }
            return bringing.bring(name, CheckpointKind.APPROVAL, json, source(by))
                    .thenApply(settled -> first(found, settled))
                    .thenCompose(first -> recorded(who, first, "approval.answer", by));
        });
    }

    /** It stands with the answer who gave it; the audit has it too, where it is looked for. */
    private CompletionStage<Noted> recorded(Principal who, Noted noted, String action, String by) {
        return later(() -> {
            rows.ended(who, noted.approval().id(), action, by, clock.instant());
            return noted;
        });
    }

    private static void requireFit(Approval approval, byte[] json) {
        var problems = approval.check().check(json);
        if (!problems.isEmpty()) {
            var told = problems.stream()
                    .limit(MOST_SHOWN)
                    .map(problem -> path(problem.path()) + " " + problem.message())
                    .collect(Collectors.joining("; "));
            throw new ApiException(
                    ErrorCode.SCHEMA_MISMATCH,
                    "This is no answer to what run " + approval.asked().name().run() + " asks: " + told + ".",
                    path(problems.get(0).path()));
        }
    }

    private static String path(String inAnswer) {
        return "$.answer" + inAnswer.substring(1);
    }

    /** It has been checked. */
    private static long limit(byte[] json) {
        var answer = (JsonValue.Object) Json.read(new String(json, StandardCharsets.UTF_8));
        return ((JsonValue.Number) answer.members().get("limit")).value().longValueExact();
    }

    /** Nobody will answer: the run goes on without. */
    CompletionStage<Noted> expire(Principal who, String id, String by) {
        return find(who.tenant(), id)
                .thenApply(Approvals::requireAnother)
                .thenCompose(found -> bringing.end(found.approval().asked().name(), CheckpointKind.APPROVAL, source(by))
                        .thenApply(settled -> first(found, settled)))
                .thenCompose(first -> recorded(who, first, "approval.expire", by));
    }

    private static Noted requireAnother(Noted found) {
        if (found.approval().budget().isPresent()) {
            throw new ApiException(
                    ErrorCode.BUDGET_NOT_RAISED,
                    "Run " + found.approval().asked().name().run() + " cannot go on without more of '"
                            + found.approval().budget().get()
                            + "'. Say how much it may use, or cancel the run.");
        }
        return found;
    }

    /** Who, and when: it stands with the answer. */
    private String source(String by) {
        return clock.instant() + " " + by;
    }

    private static Noted first(Noted found, Reply.WaitSettled settled) {
        if (!settled.accepted()) {
            throw over(found.approval().id(), settled.now());
        }
        return found;
    }

    private static ApiException over(String id, Optional<Checkpoint> now) {
        if (now.isEmpty() || now.get().kind() != CheckpointKind.APPROVAL) {
            return ApprovalId.missing(id);
        }
        var how = switch (now.get().state()) {
            case DONE -> "was answered";
            case OPEN -> "cannot be answered now: its run is ending, or has just asked";
            case TIMED_OUT, FAILED -> "is over";
        };
        var source = now.get().source();
        int space = source.indexOf(' ');
        var by = space < 0 ? "" : " by " + source.substring(space + 1) + " at " + source.substring(0, space);
        return new ApiException(ErrorCode.APPROVAL_OVER, "Approval " + id + " " + how + by + ".");
    }
}
