package dev.millrace.processor.read;

import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.processor.model.Mirror;
import java.time.Duration;
import java.util.Optional;

/** What a {@code @RateLimit} says, with the defaults for what it leaves out. */
public final class RateLimits {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private RateLimits() {}

    /** The limit, if its literals are right. */
    public static Optional<RateLimitSpec> of(Mirror annotation) {
        var limit = annotation.number("limit").map(Number::longValue).orElse(0L);
        var period = annotation
                .text("per")
                .map(text -> DurationLiteral.positive(text).asOptional())
                .orElse(Optional.of(PERIOD));
        if (period.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new RateLimitSpec(
                    annotation.text("value").orElse(""),
                    limit,
                    period.get(),
                    annotation.number("burst").map(Number::longValue).orElse(limit)));
        } catch (InvalidManifestException e) {
            return Optional.empty();
        }
    }
}
