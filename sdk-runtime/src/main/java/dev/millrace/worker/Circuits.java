package dev.millrace.worker;

import dev.millrace.connection.MillraceException;
import dev.millrace.manifest.CircuitBreakerSpec;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The circuits of one worker, by name: steps that name the same one share it. For one thread, at the start of the worker. */
final class Circuits {
    private static final Logger LOG = LoggerFactory.getLogger(Circuits.class);

    private record Named(CircuitBreakerSpec spec, Circuit circuit) {}

    private final Clock clock;
    private final Map<String, Named> byName = new HashMap<>();

    /**
     * Has no circuits yet.
     *
     * @param clock by which they stay open
     */
    Circuits(Clock clock) {
        this.clock = clock;
    }

    /**
     * The circuit of a method.
     *
     * @param own the name of a circuit that is shared with nobody
     * @throws MillraceException with code {@code CIRCUIT_CONFLICT} if another method wants the same one otherwise
     */
    Circuit of(String own, Optional<CircuitBreakerSpec> wanted) {
        if (wanted.isEmpty()) {
            return Circuit.ALWAYS_CLOSED;
        }
        var spec = wanted.get();
        var name = spec.name().isEmpty() ? own : spec.name();
        var named = byName.computeIfAbsent(name, fresh -> new Named(spec, circuit(fresh, spec)));
        if (!named.spec().equals(spec)) {
            throw new MillraceException(
                    "CIRCUIT_CONFLICT",
                    "Two steps of this worker share the circuit breaker '" + name + "' but set it differently: " + spec
                            + " and " + named.spec() + ". Set it alike, or give them two names.");
        }
        return named.circuit();
    }

    private Circuit circuit(String name, CircuitBreakerSpec spec) {
        var breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindow(spec.window(), spec.window(), SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold((float) (spec.failureRate() * 100))
                        .waitDurationInOpenState(spec.openFor())
                        .clock(clock)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .build());
        breaker.getEventPublisher()
                .onStateTransition(event -> LOG.warn(
                        "The circuit breaker '{}' is {} now; it was {}.",
                        name,
                        event.getStateTransition().getToState(),
                        event.getStateTransition().getFromState()));
        return new Circuit.Counting(breaker, spec.openFor());
    }
}
