package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;
import static dev.millrace.processor.Compilation.preview;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How tasks share what is scarce, how often they run, and what answers instead. */
class SharingTest {
    private static final String TYPES = """
            record Order(String id) {}
            record Payment(int cents) {}
            """;

    @Test
    void everyPolicyOfAStepIsUnderstood() {
        preview("""
                @Concurrency(limit = 5, name = "shared", strategy = ConcurrencyStrategy.CANCEL_NEW)
                @Workflow class Bad {
                  @Concurrency(limit = 5, name = "shared", key = "order.id", strategy = ConcurrencyStrategy.CANCEL_NEW) @Concurrency(limit = 1, key = "order.id")
                  @Fair(key = "input.id", weight = "2") @CircuitBreaker(value = "bank", failureRate = 0.25, window = 10, openFor = "1m")
                  @RateLimit(value = "bank", limit = 10, key = "order.id", cost = "3")
                  @RateLimit(value = "tokens", limit = 1000, cost = "size(order.id)")
                  @Step(fallback = "later", retries = 2, backoff = @Backoff(initial = "2s")) Payment charge(Order order, StepContext context) { return null; }
                  Payment later(Order order, StepContext context) { return null; }
                  @Batch(maxSize = 50, maxWait = "10ms", key = "payment.cents")
                  @Step(delivery = Delivery.AT_MOST_ONCE) List<String> print(List<Payment> payment) { return null; }
                  @Step(delivery = Delivery.TRANSACTIONAL) void book(String printed, java.sql.Connection connection) {}
                }
                """ + TYPES).succeeds();
    }

    @Test
    void aSharedLimitIsTheSameEverywhere() {
        preview("""
                @Concurrency(limit = 5, name = "shared")
                @Workflow class Bad {
                  /*>*/@Concurrency(limit = 6, name = "shared") @Step String charge(Order order) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ConcurrencyConflict] Concurrency limit "shared" is 6 with QUEUE here, but 5 with QUEUE elsewhere in the workflow.
                    Fix: make them equal, or give one another name.""");
    }

    @Test
    void aStepDoesNotNeedTheOnlyPermitThatItsOwnRunHolds() {
        compile("""
                @Concurrency(limit = 1, name = "bank") @Concurrency(limit = 1, name = "customer", key = "input.id")
                @Workflow class Bad {
                  /*>*/@Concurrency(limit = 1, name = "bank") @Step String charge(Order order) { return ""; }
                  /*>*/@Concurrency(limit = 1, name = "customer", key = "input.id") @Step int note(Order order) { return 1; }
                  @Concurrency(limit = 1, name = "customer", key = "payment") @Step double print(String payment) { return 1; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ConcurrencyConflict] Step charge() needs the one permit of concurrency limit "bank", which its own run holds until it ends, so it could never begin.
                    Fix: remove it here: while one run goes on at a time, so does one attempt of a step; or give one of the limits another name.""", """
                [Millrace/ConcurrencyConflict] Step note() needs the one permit of concurrency limit "customer", which its own run holds until it ends, so it could never begin.
                    Fix: remove it here: while one run goes on at a time, so does one attempt of a step; or give one of the limits another name.""");
    }

    @Test
    void aStepThatSharesALimitWithItsRunIsToldAbout() {
        compile("""
                @Concurrency(limit = 5, name = "bank")
                @Workflow class Bad {
                  /*>*/@Concurrency(limit = 5, name = "bank") @Step String charge(Order order) { return ""; }
                  @SuppressWarnings("Millrace/HeldTwice")
                  @Concurrency(limit = 5, name = "bank") @Step int note(Order order) { return 1; }
                  @Concurrency(limit = 5, name = "bank", key = "input.id") @Step double print(Order order) { return 1; }
                }
                """ + TYPES).warnsWith("""
                [Millrace/HeldTwice] Each run of Bad holds a permit of concurrency limit "bank" until it ends, and its step charge() needs a second one: when 5 runs go on, their steps wait for each other's runs.
                    If it is meant, say so: @SuppressWarnings("Millrace/HeldTwice")
                    Fix: give one of the limits another name, or remove one of them.""");
    }

    @Test
    void aPlaceHasEachLimitOnce() {
        preview("""
                @Workflow class Bad {
                  @Concurrency(limit = 6) @Concurrency(limit = 7) @Step String charge(Order order) { return ""; }
                }
                """ + TYPES)
                .failsMentioning("[Millrace/ConcurrencyConflict] charge() has a limit without a key twice, of which the"
                        + " smaller one would count.");
    }

    @Test
    void aSharedCircuitOpensInOneWay() {
        preview("""
                @Workflow class Bad {
                  @CircuitBreaker("bank") @Step String charge(Order order) { return ""; }
                  /*>*/@CircuitBreaker(value = "bank", window = 5) @Step int refund(Order order) { return 1; }
                }
                """ + TYPES).failsWith("""
                [Millrace/CircuitBreakerConflict] Circuit breaker "bank" opens otherwise here than on charge(), but both share it.
                    Fix: make failureRate, window and openFor equal, or give one another name.""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CircuitBreaker(failureRate = /*>*/1.5)   | OutOfRange  | @CircuitBreaker(failureRate = 1.5) is not above 0 and at most 1.",
                "CircuitBreaker(window = /*>*/0)          | OutOfRange  | @CircuitBreaker(window = 0) is not 1 to 10000.",
                "Concurrency(limit = /*>*/-1)             | OutOfRange  | @Concurrency(limit = -1) is not 1 to 2147483647.",
                "CircuitBreaker(openFor = /*>*/\"never\") | BadDuration | \"never\" is not a duration.",
                "RateLimit(value = \"a\", limit = 5, cost = /*>*/\"6\") | BadRate | An attempt takes 6 tokens of rate limit \"a\", but its bucket holds 5, so it would wait for ever.",
                "RateLimit(value = \"a\", limit = 5, cost = /*>*/\"0\") | BadRate | An attempt takes 0 tokens of rate limit \"a\", but its bucket holds 5, and something has to be taken.",
            })
    void everyNumberOfAStepIsInItsRange(String written, String tag, String sentence) {
        preview("""
                @Workflow class Bad {
                  @%s @Step String charge(Order order) { return ""; }
                }
                """.formatted(written) + TYPES).failsMentioning("[Millrace/" + tag + "] " + sentence);
    }

    @Test
    void aStepTakesFromALimitOnce() {
        preview("""
                @RateLimit(value = "api", limit = 5)
                @Workflow class Bad {
                  /*>*/@RateLimit(value = "api", limit = 5, key = "order.id") @Step String charge(Order order) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/RateLimitConflict] Step charge() takes from rate limit "api" with two keys or costs; it takes from it once.
                    Fix: write the same key and cost, or another name.""");
    }

    @Test
    void oneCallForManyTasksTakesAndReturnsLists() {
        preview("""
                @Workflow class Bad {
                  @Batch(maxSize = 10) @Step Payment /*>*/charge(Order /*>*/order, StepContext /*>*/context) { return null; }
                  @Batch(maxSize = /*>*/1) @Step void note(List<Order> order) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/BatchShape] Step charge() has @Batch and returns Payment, but one call serves many tasks, and each has a result of its own.
                    Fix: return List<Payment>, in the order of what it takes, or nothing.""", """
                [Millrace/BatchShape] Step charge() has @Batch and takes Order (parameter 'order'), but one call serves many tasks, and each has a value of its own.
                    Fix: take List<Order>.""", """
                [Millrace/BatchShape] Step charge() has @Batch and takes a StepContext, but one call serves tasks of many runs.
                    Fix: remove the parameter, or @Batch.""", """
                [Millrace/OutOfRange] @Batch(maxSize = 1) is not 2 to 10000.
                    Fix: write how many tasks one call serves at most; a call for each is what there is without @Batch.""");
    }

    @Test
    void oneCallForManyTasksHasNoFallback() {
        compile("""
                @Workflow class Bad {
                  @Batch(maxSize = 10) @Step(fallback = "later") List<Payment> /*>*/charge(List<Order> orders) { return null; }
                  List<Payment> later(List<Order> orders) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/BatchShape] Step charge() has @Batch and the fallback "later", but the tasks of one call use up their attempts each by itself.
                    Fix: remove the fallback, or @Batch. A BatchFailure says which tasks failed, and gives the others their results.""");
    }

    @Test
    void oneCallForManyTasksEndsForAllOfThem() {
        preview("""
                @Workflow class Bad {
                  @Batch(maxSize = 10) @Step List<Loop<Payment>> /*>*/charge(List<Order> order) { return null; }
                }
                """ + TYPES)
                .failsMentioning("[Millrace/BatchShape] Step charge() has @Batch and returns List<Loop<Payment>>");
    }

    @Test
    void aTransactionNeedsItsConnection() {
        preview("""
                @Workflow class Bad {
                  @Step(delivery = Delivery/*>*/.TRANSACTIONAL) Payment charge(Order order) { return null; }
                  @Step void book(Payment payment, java.sql.Connection /*>*/connection) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/TransactionalWithoutConnection] charge() is TRANSACTIONAL, but takes no java.sql.Connection to commit its effect with.
                    Fix: add a Connection parameter, and write through it.""", """
                [Millrace/ConnectionWithoutTransactional] book() takes a Connection (parameter 'connection'), which only TRANSACTIONAL steps are given.
                    Fix: write delivery = Delivery.TRANSACTIONAL, or take a DataSource in the constructor.""");
    }

    @Test
    void whatUndoesThingsHasNoTransaction() {
        compile("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Compensate void refund(Payment payment, java.sql.Connection /*>*/connection) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/ConnectionWithoutTransactional] refund() takes a Connection (parameter 'connection'), which only TRANSACTIONAL steps are given.
                    Fix: take a DataSource in the constructor.""");
    }

    @Test
    void aTransactionIsCommittedWithWhatItsMethodReturns() {
        compile("""
                @Workflow class Bad {
                  @Step(delivery = Delivery.TRANSACTIONAL)
                  java.util.concurrent.CompletionStage<Payment> /*>*/charge(Order order, java.sql.Connection connection) { return null; }
                  @Step(delivery = Delivery.TRANSACTIONAL, fallback = /*>*/"guess")
                  String book(Payment payment, java.sql.Connection connection) { return ""; }
                  String guess(Payment payment, java.sql.Connection connection) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/TransactionalShape] charge() is TRANSACTIONAL and returns CompletionStage<Payment>, but its transaction is committed when it returns, with the value.
                    Fix: return Payment.""", """
                [Millrace/TransactionalShape] book() is TRANSACTIONAL and has the fallback "guess", which could answer although an attempt has committed.
                    Fix: remove the fallback; a step that takes its Outcome sees that it failed.""");
    }

    @Test
    void whatRunsAtMostOnceIsNotRetried() {
        preview("""
                @Workflow class Bad {
                  @Step(delivery = Delivery.AT_MOST_ONCE, retries = /*>*/5) Payment charge(Order order) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/AtMostOnceWithRetry] charge() is AT_MOST_ONCE, so it never runs twice, but asks for 5 retries.
                    Fix: remove 'retries', or use AT_LEAST_ONCE and make the effect repeatable with StepContext.idempotencyKey().""");
    }

    @Test
    void aFallbackIsAMethodOfTheClass() {
        preview("""
                @Workflow class Bad {
                  @Step(fallback = /*>*/"latr") Payment charge(Order order) { return null; }
                  Payment later(Order order) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/UnknownFallback] fallback = "latr" of charge() names no method of Bad. Did you mean "later"?
                    Methods: later
                    Fix: write the name of a method with the parameters and the result of charge().""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Payment later() { return null; }                         | takes (), but charge() takes (Order). | give it the same parameters; a Throwable may follow.",
                "Payment later(Order order, Exception thrown) { return null; } | takes (Order, Exception), but charge() takes (Order). | give it the same parameters; a Throwable may follow.",
                "Order later(Order order) { return null; }                | returns Order, but charge() returns Payment. | return Payment.",
                "void later(Order order) {}                               | returns void, but charge() returns Payment. | return Payment.",
                "private Payment later(Order order) { return null; }      | is private, so generated code cannot call it. | make it package-private or public.",
                "@OnFailure Payment later(Order order) { return null; }   | is called by the engine itself. | put what both do into a method without annotation.",
            })
    void aFallbackIsCalledAndAnswersLikeItsStep(String method, String what, String fix) {
        var compilation = preview("""
                @Workflow class Bad {
                  @Step(fallback = "later") Payment charge(Order order) { return null; }
                  %s
                }
                """.formatted(method) + TYPES);

        compilation.failsMentioning("[Millrace/BadFallback] Fallback later() of charge() " + what);
        compilation.failsMentioning("Fix: " + fix);
    }

    @Test
    void aFallbackMayTakeWhatWasThrown() {
        var compilation = preview("""
                @Workflow class Good {
                  @Step(fallback = "later") Payment charge(Order order) { return null; }
                  Payment later(Order order) { return null; }
                  Payment later(Order order, Throwable thrown) { return null; }
                  @Step(fallback = "noPrint") void print(Payment payment) {}
                  void noPrint(Payment payment, Throwable thrown) {}
                }
                """ + TYPES).succeeds();

        assertThat(compilation.written("shop/GoodBinding.java"))
                .contains(
                        ".withFallback((workflow, arguments) ->"
                                + " workflow.later(arguments.<Order>at(0), arguments.<Throwable>at(1)))",
                        "workflow.noPrint(arguments.at(0), arguments.<Throwable>at(1));");
    }

    @Test
    void whatIsSaidOfRetriesHasAnEffect() {
        preview("""
                @Workflow class Bad {
                  @Step(backoff = /*>*/@Backoff(initial = "2s")) Payment charge(Order order) { return null; }
                  @Step(retries = 0, retryOn = RuntimeException/*>*/.class) String print(Payment payment) { return ""; }
                }
                """ + TYPES).warnsWith("""
                [Millrace/RetriesWithoutEffect] 'backoff' of charge() has no effect: a failed attempt is not repeated, because 'retries' is not written.
                    If it is meant, say so: @SuppressWarnings("Millrace/RetriesWithoutEffect")
                    Fix: write how often an attempt is repeated: retries = 3; or remove 'backoff'.""", """
                [Millrace/RetriesWithoutEffect] 'retryOn' of print() has no effect: a failed attempt is not repeated, because 'retries' is 0.
                    If it is meant, say so: @SuppressWarnings("Millrace/RetriesWithoutEffect")
                    Fix: write how often an attempt is repeated: retries = 3; or remove 'retryOn'.""");
    }

    @Test
    void theRunLastsForAllAttempts() {
        preview("""
                @Workflow(timeout = "2h") class Bad {
                  @Step(timeout = "30m", retries = /*>*/5) Payment charge(Order order) { return null; }
                }
                """ + TYPES).warnsWith("""
                [Millrace/RetriesOutliveWorkflow] 6 attempts of charge() of up to 30m each may take longer than the run, which ends after 2h.
                    If it is meant, say so: @SuppressWarnings("Millrace/RetriesOutliveWorkflow")
                    Fix: shorten the step's timeout, ask for fewer retries, or write a longer @Workflow(timeout = "…").""");
    }

    @Test
    void whatIsAboutAStepStandsOnAStep() {
        preview("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  /*>*/@When("true") void help(Order order) {}
                  /*>*/@Concurrency(limit = 1) @Compensate void refund(Payment payment) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/MisplacedAnnotation] @When has no effect: help() is no step.
                    Fix: put @Step on help(), or remove @When.""", """
                [Millrace/MisplacedAnnotation] @Concurrency has no effect: refund() is no step.
                    Fix: remove it.""");
    }
}
