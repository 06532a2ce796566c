package dev.millrace.processor.read;

import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.processor.model.Mirror;
import java.time.Duration;
import java.util.Optional;

/** What a {@code @RateLimit} says, with the defaults for what it leaves out. */
public final class RateLimits {
    private static final long ONE_TOKEN = 1;
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private RateLimits() {}

    /** How a step takes from the limit: its key, and a cost that is a number or an expression. */
    public static RateLimitUse use(Mirror annotation) {
        var cost = annotation.text("cost").orElse("");
        var number = cost(annotation);
        return new RateLimitUse(
                annotation.text("value").orElse(""),
                annotation.text("key").orElse(""),
                number.orElse(ONE_TOKEN),
                number.isPresent() ? "" : cost);
    }

    /** The cost, if it is just a number; one token if nothing is written. */
    public static Optional<Long> cost(Mirror annotation) {
        var cost = annotation.text("cost").orElse("").strip();
        if (cost.isEmpty()) {
            return Optional.of(ONE_TOKEN);
        }
        return cost.matches("-?[0-9]{1,18}") ? Optional.of(Long.parseLong(cost)) : Optional.empty();
    }

    /** The limit, if its literals are right. */
    public static Optional<RateLimitSpec> of(Mirror annotation) {
        long limit = number(annotation, "limit", 0);
        var per = annotation.text("per");
        var period = per.isPresent() ? DurationLiteral.positive(per.get()).asOptional() : Optional.of(PERIOD);
        if (period.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new RateLimitSpec(
                    annotation.text("value").orElse(""), limit, period.get(), number(annotation, "burst", limit)));
        } catch (InvalidManifestException e) {
            return Optional.empty();
        }
    }

    private static long number(Mirror annotation, String member, long byDefault) {
        var number = annotation.number(member);
        return number.isPresent() ? number.get().longValue() : byDefault;
    }
}
