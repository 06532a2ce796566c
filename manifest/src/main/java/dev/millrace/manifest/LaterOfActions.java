package dev.millrace.manifest;

import java.util.ArrayList;
import java.util.List;

/**
 * What holds for steps, but has no effect on actions yet, because the worker that runs the durable step calls them itself. The
 * compiler, the control plane and the worker refuse by this one list; as behaviours become effective, words leave it.
 */
public enum LaterOfActions {
    DELIVERY("@Action(delivery)", "policy.delivery"),
    SLOTS("@Action(slots)", "policy.slots"),
    FALLBACK("@Action(fallback)", "fallback"),
    RATE_LIMIT("@RateLimit", "rateLimits"),
    CONCURRENCY("@Concurrency", "sharing.concurrency"),
    FAIR("@Fair", "sharing.fairness"),
    CIRCUIT_BREAKER("@CircuitBreaker", "circuitBreaker");

    private final String word;
    private final String path;

    LaterOfActions(String word, String path) {
        this.word = word;
        this.path = path;
    }

    /** As people write it in Java: an annotation beside {@code @Action}, or a member of it in parentheses. */
    public String word() {
        return word;
    }

    /** Where it stands in the manifest, from the action on. */
    public String path() {
        return path;
    }

    /** What of this an action says; empty if it can be served. */
    public static List<LaterOfActions> of(ActionSpec action) {
        var found = new ArrayList<LaterOfActions>();
        for (var later : values()) {
            if (later.isSaidBy(action)) {
                found.add(later);
            }
        }
        return List.copyOf(found);
    }

    private boolean isSaidBy(ActionSpec action) {
        return switch (this) {
            case DELIVERY -> action.policy().delivery() != Defaults.DELIVERY;
            case SLOTS -> action.policy().slots() != Defaults.SLOTS;
            case FALLBACK -> !action.fallback().isEmpty();
            case RATE_LIMIT -> !action.rateLimits().isEmpty();
            case CONCURRENCY -> !action.sharing().concurrency().isEmpty();
            case FAIR -> action.sharing().fairness().isPresent();
            case CIRCUIT_BREAKER -> action.circuitBreaker().isPresent();
        };
    }
}
