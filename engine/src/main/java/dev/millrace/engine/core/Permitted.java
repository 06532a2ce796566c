package dev.millrace.engine.core;

import dev.millrace.engine.LimitName;
import dev.millrace.engine.scheduling.Kind.Claim;
import dev.millrace.manifest.Sharing;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** The concurrency limits that a workflow or a step names. Immutable. */
final class Permitted {
    private final List<String> limits = new ArrayList<>();
    /** What is needed where no limit has a key. */
    private final List<Claim> plain;

    /**
     * The limits of a workflow or a step.
     *
     * @param owner as in {@link LimitName}
     */
    Permitted(Sharing sharing, String owner) {
        for (int i = 0; i < sharing.concurrency().size(); i++) {
            limits.add(LimitName.of(sharing.concurrency().get(i), owner, i));
        }
        plain = claims(limits.stream().map(any -> "").toList());
    }

    /**
     * The permits that are needed; two uses of one limit are one.
     *
     * @param keys of the limits, in order; empty where none has one
     */
    List<Claim> claims(List<String> keys) {
        if (plain != null && keys.isEmpty()) {
            return plain;
        }
        var claims = new LinkedHashSet<Claim>();
        for (int i = 0; i < limits.size(); i++) {
            claims.add(new Claim(limits.get(i), keys.get(i)));
        }
        return List.copyOf(claims);
    }
}
