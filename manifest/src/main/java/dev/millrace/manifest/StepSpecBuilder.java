package dev.millrace.manifest;

import java.util.List;
import java.util.Optional;

/** Makes a step that differs in some members from another one. Not safe for use by many threads. */
public final class StepSpecBuilder {
    private String name;
    private List<ParameterSpec> parameters;
    private List<String> after;
    private OutputSpec output;
    private StepPolicy policy;
    private List<RateLimitUse> rateLimits;
    private int line;
    private StepSpec.Kind kind;
    private String when;
    private Sharing sharing;
    private Optional<BatchSpec> batch;
    private Optional<CircuitBreakerSpec> circuitBreaker;
    private String fallback;
    private Optional<StreamSpec> stream;

    StepSpecBuilder(StepSpec step) {
        name = step.name();
        parameters = step.parameters();
        after = step.after();
        output = step.output();
        policy = step.policy();
        rateLimits = step.rateLimits();
        line = step.line();
        kind = step.kind();
        when = step.when();
        sharing = step.sharing();
        batch = step.batch();
        circuitBreaker = step.circuitBreaker();
        fallback = step.fallback();
        stream = step.stream();
    }

    public StepSpecBuilder name(String name) {
        this.name = name;
        return this;
    }

    public StepSpecBuilder parameters(List<ParameterSpec> parameters) {
        this.parameters = parameters;
        return this;
    }

    public StepSpecBuilder after(List<String> after) {
        this.after = after;
        return this;
    }

    public StepSpecBuilder output(OutputSpec output) {
        this.output = output;
        return this;
    }

    public StepSpecBuilder policy(StepPolicy policy) {
        this.policy = policy;
        return this;
    }

    public StepSpecBuilder rateLimits(List<RateLimitUse> rateLimits) {
        this.rateLimits = rateLimits;
        return this;
    }

    public StepSpecBuilder line(int line) {
        this.line = line;
        return this;
    }

    public StepSpecBuilder kind(StepSpec.Kind kind) {
        this.kind = kind;
        return this;
    }

    public StepSpecBuilder when(String when) {
        this.when = when;
        return this;
    }

    public StepSpecBuilder sharing(Sharing sharing) {
        this.sharing = sharing;
        return this;
    }

    public StepSpecBuilder batch(BatchSpec batch) {
        this.batch = Optional.of(batch);
        return this;
    }

    public StepSpecBuilder circuitBreaker(CircuitBreakerSpec circuitBreaker) {
        this.circuitBreaker = Optional.of(circuitBreaker);
        return this;
    }

    public StepSpecBuilder fallback(String fallback) {
        this.fallback = fallback;
        return this;
    }

    public StepSpecBuilder stream(StreamSpec stream) {
        this.stream = Optional.of(stream);
        return this;
    }

    public StepSpec build() {
        return new StepSpec(
                name,
                parameters,
                after,
                output,
                policy,
                rateLimits,
                line,
                kind,
                when,
                sharing,
                batch,
                circuitBreaker,
                fallback,
                stream);
    }
}
