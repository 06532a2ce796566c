package dev.millrace.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Random valid uses of everything that manifests could not say in their first version. */
record Vocabulary(Random random) {

    StepSpec extended(StepSpec step) {
        var parameters = new ArrayList<>(step.parameters());
        var extended = step.toBuilder()
                .when(expression())
                .sharing(sharing())
                .rateLimits(step.rateLimits().stream().map(this::priced).toList())
                .fallback(random.nextBoolean() ? "" : "otherwise");
        if (random.nextInt(4) == 0) {
            extended.circuitBreaker(circuitBreaker());
        }
        switch (random.nextInt(8)) {
            case 0 -> extended.kind(StepSpec.Kind.ASYNC);
            case 1 -> {
                extended.kind(StepSpec.Kind.DURABLE);
                parameters.add(ParameterSpec.durable("durable"));
            }
            case 2 -> {
                extended.stream(new StreamSpec("Item", JsonValue.TRUE));
                parameters.add(ParameterSpec.emitter("out"));
            }
            case 3 -> {
                extended.output(
                        new OutputSpec(OutputSpec.Kind.LOOP, "T", step.output().schema()));
                parameters.add(ParameterSpec.turn("before"));
            }
            case 4 -> extended.batch(new BatchSpec(2 + random.nextInt(9), Manifests.duration(random), expression()));
            default -> {
                // stays as it is
            }
        }
        if (random.nextInt(4) == 0) {
            parameters.add(ParameterSpec.awaiting("paid", ParameterSpec.Source.EVENT, mode(), event()));
        }
        if (random.nextInt(4) == 0) {
            parameters.add(ParameterSpec.awaiting("ok", ParameterSpec.Source.APPROVAL, mode(), form()));
        }
        return extended.parameters(parameters).build();
    }

    private ParameterSpec.Mode mode() {
        return random.nextBoolean() ? ParameterSpec.Mode.VALUE : ParameterSpec.Mode.OPTIONAL;
    }

    private WaitSpec event() {
        return new WaitSpec(
                "invoice.paid", expression(), some(() -> Manifests.duration(random)), "", "Paid", JsonValue.TRUE);
    }

    private WaitSpec form() {
        return new WaitSpec(
                "Ship it anyway?",
                "",
                some(() -> Manifests.duration(random)),
                random.nextBoolean() ? "" : "editor",
                "Verdict",
                JsonValue.TRUE);
    }

    private RateLimitUse priced(RateLimitUse use) {
        return random.nextBoolean() ? use : new RateLimitUse(use.name(), expression(), 1, expression());
    }

    List<ActionSpec> actions() {
        return IntStream.range(0, random.nextInt(3))
                .mapToObj(i -> new ActionSpec(
                        "act" + i,
                        random.nextBoolean()
                                ? OutputSpec.VOID
                                : new OutputSpec(OutputSpec.Kind.OPTIONAL, "T", JsonValue.TRUE),
                        Defaults.stepPolicy(),
                        List.of(),
                        sharing(),
                        some(this::circuitBreaker),
                        random.nextBoolean() ? "" : "instead",
                        random.nextInt(100)))
                .toList();
    }

    Sharing sharing() {
        return new Sharing(
                IntStream.range(0, random.nextInt(3))
                        .mapToObj(i -> new ConcurrencySpec("", expression(), 1 + random.nextInt(9), strategy()))
                        .toList(),
                some(() -> new FairSpec("input.customer", random.nextBoolean() ? FairSpec.EQUAL : "input.share")));
    }

    private ConcurrencyStrategy strategy() {
        return Manifests.pick(random, ConcurrencyStrategy.values());
    }

    private CircuitBreakerSpec circuitBreaker() {
        return new CircuitBreakerSpec(
                random.nextBoolean() ? "" : "shop",
                (1 + random.nextInt(100)) / 100.0,
                1 + random.nextInt(50),
                Manifests.duration(random));
    }

    List<BudgetSpec> budgets() {
        return IntStream.range(0, random.nextInt(3))
                .mapToObj(i -> new BudgetSpec(
                        "usage." + i,
                        (1 + random.nextInt(1000)) / 8.0,
                        Manifests.pick(random, BudgetExceeded.values())))
                .toList();
    }

    /** None that gathers starts: that asks for an input of its own. */
    Triggers triggers() {
        var events = IntStream.range(0, random.nextInt(3))
                .mapToObj(i -> new EventTrigger(random.nextBoolean() ? "order.*" : "order.placed." + i, expression()))
                .distinct()
                .toList();
        return new Triggers(
                events,
                List.of(),
                Optional.empty(),
                some(() -> {
                    var quiet = Manifests.duration(random);
                    return new DebounceSpec(quiet, some(() -> quiet.plusSeconds(9)), expression());
                }),
                some(() -> new ThrottleSpec(1 + random.nextInt(9), Manifests.duration(random), expression())));
    }

    private String expression() {
        return random.nextBoolean() ? "" : "input.n > " + random.nextInt(9);
    }

    private <T> Optional<T> some(Supplier<T> value) {
        return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
    }
}
