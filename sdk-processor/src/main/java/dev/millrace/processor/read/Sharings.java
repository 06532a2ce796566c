package dev.millrace.processor.read;

import dev.millrace.manifest.BatchSpec;
import dev.millrace.manifest.CircuitBreakerSpec;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.FairSpec;
import dev.millrace.manifest.Sharing;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How runs and tasks share what is scarce, for workflows whose literals are known to be right. */
public final class Sharings {
    private static final Duration BATCH_WAIT = Duration.ofMillis(100);
    private static final double FAILURE_RATE = 0.5;
    private static final int WINDOW = 20;
    private static final Duration OPEN_FOR = Duration.ofSeconds(30);

    private Sharings() {}

    /** What {@code @Concurrency} and {@code @Fair} of one place say. */
    public static Sharing of(List<Mirror> concurrency, List<Mirror> fair) {
        if (concurrency.isEmpty() && fair.isEmpty()) {
            return Sharing.NONE;
        }
        return new Sharing(
                concurrency.stream().map(Sharings::limit).toList(),
                fair.stream()
                        .map(mirror -> new FairSpec(
                                text(mirror, "key"), mirror.text("weight").orElse(FairSpec.EQUAL)))
                        .findFirst());
    }

    /** What they say on a step or action. */
    public static Sharing of(Method method) {
        return of(method.annotations(Vocabulary.CONCURRENCY), method.annotations(Vocabulary.FAIR));
    }

    /** What {@code @Batch} says. */
    public static Optional<BatchSpec> batch(Method method) {
        var written = method.annotations(Vocabulary.BATCH);
        if (written.isEmpty()) {
            return Optional.empty();
        }
        var batch = written.get(0);
        return Optional.of(new BatchSpec(
                batch.number("maxSize").orElseThrow().intValue(),
                Policies.duration(batch, "maxWait", BATCH_WAIT),
                text(batch, "key")));
    }

    /** What {@code @CircuitBreaker} says. */
    public static Optional<CircuitBreakerSpec> circuitBreaker(Method method) {
        var written = method.annotations(Vocabulary.CIRCUIT_BREAKER);
        if (written.isEmpty()) {
            return Optional.empty();
        }
        var breaker = written.get(0);
        return Optional.of(new CircuitBreakerSpec(
                text(breaker, "value"),
                breaker.number("failureRate").map(Number::doubleValue).orElse(FAILURE_RATE),
                breaker.number("window").map(Number::intValue).orElse(WINDOW),
                Policies.duration(breaker, "openFor", OPEN_FOR)));
    }

    private static ConcurrencySpec limit(Mirror mirror) {
        return new ConcurrencySpec(
                text(mirror, "name"),
                text(mirror, "key"),
                mirror.number("limit").orElseThrow().intValue(),
                mirror.constant("strategy").map(ConcurrencyStrategy::valueOf).orElse(ConcurrencyStrategy.QUEUE));
    }

    private static String text(Mirror mirror, String member) {
        return mirror.text(member).orElse("");
    }
}
