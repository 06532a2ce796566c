package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiteralTest {
    private static final String ORDER = "record Order(String id) {}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30 sec | is not a duration: unknown unit 'sec'. | \"30s\"",
                "2 Hours | is not a duration: unknown unit 'Hours'. | \"2h\"",
                "1 hour and 30 minutes | is not a duration: unknown unit 'hour'. | \"1h30m\"",
                "1 h    | is not a duration: there is a space in it. | \"1h\"",
                "3w     | is not a duration: unknown unit 'w'. | 30s, 5m, 2h or 7d",
                "5      | has no unit. | 5s, 5m or 5h",
                "-5s    | is negative. | 30s, 5m, 2h or 7d",
                "0s     | is no time at all. | 30s, 5m, 2h or 7d",
                "soon   | is not a duration. | 30s, 5m, 2h or 7d",
                "30s5m  | is not a duration: units go from large to small, each once, as in 1h30m. | 30s, 5m, 2h or 7d",
                "''     | is not a duration. | 30s, 5m, 2h or 7d"
            })
    void aDurationIsANumberWithAUnit(String literal, String complaint, String fix) {
        compile("""
                @Workflow class Bad {
                  @Step(timeout = /*>*/"%s") String charge(Order order) { return ""; }
                }
                """.formatted(literal) + ORDER)
                .failsWith("[Millrace/BadDuration] \"" + literal + "\" " + complaint + "\n    Fix: write " + fix + ".");
    }

    @Test
    void aDurationInIsoFormHasAFixedLength() {
        compile("""
                @Workflow(timeout = /*>*/"P1M") class Bad {
                  @Step(timeout = "PT30S", queueTimeout = /*>*/"400d") String charge(Order order) { return ""; }
                }
                """ + ORDER).failsWith("""
                [Millrace/BadDuration] "P1M" is no duration: days, hours, minutes and seconds have a length, months have none.
                    Fix: write 30s, 5m, 2h or 7d.""", """
                [Millrace/BadDuration] The duration "400d" is longer than 366 days.
                    Fix: write 366d or less.""");
    }

    @Test
    void durationsInsideAnnotationsAreCheckedToo() {
        compile("""
                @Workflow class Bad {
                  @Step(backoff = @Backoff(initial = /*>*/"1 day", max = "1h"))
                  @RateLimit(value = "bank", limit = 5, per = /*>*/"0s")
                  String charge(Order order) { return ""; }
                }
                """ + ORDER).failsWith("""
                [Millrace/BadDuration] "1 day" is not a duration: unknown unit 'day'.
                    Fix: write "1d".""", """
                [Millrace/BadDuration] "0s" is no time at all.
                    Fix: write 30s, 5m, 2h or 7d.""");
    }

    @Test
    void aRateLimitLetsSomethingThrough() {
        compile("""
                @Workflow class Bad {
                  @Step @RateLimit(value = "bank", limit = /*>*/0) String charge(Order order) { return ""; }
                  @Step @RateLimit(value = "post", limit = 5, burst = /*>*/0) void send(String charge) {}
                  @Step @RateLimit(value = "mail", limit = /*>*/2_000_000_000) void mail(String charge) {}
                }
                """ + ORDER).failsWith("""
                [Millrace/BadRate] Rate limit "bank" lets 0 through per period, so nothing could ever begin.
                    Fix: write 1 or more.""", """
                [Millrace/BadRate] Rate limit "post" keeps 0 tokens at most, so nothing could ever begin.
                    Fix: write 1 or more, or leave it out for 'limit'.""", """
                [Millrace/BadRate] Rate limit "mail" has limit = 2000000000, but 1000000000 is the most.
                    Fix: write less, or remove the limit.""");
    }

    @Test
    void oneRateLimitHasOneRate() {
        compile("""
                @Workflow
                @RateLimit(value = "bank", limit = 5)
                class Bad {
                  @Step /*>*/@RateLimit(value = "bank", limit = 60, per = "1m") String charge(Order order) { return ""; }
                  @Step @RateLimit(value = "bank", limit = 5, per = "1s") void note(Order order) {}
                }
                """ + ORDER).failsWith("""
                [Millrace/RateLimitConflict] Rate limit "bank" is 60 per 1m here and 5 per 1s elsewhere in Bad; one name is one shared limit.
                    Fix: write the same numbers, or another name.""");
    }

    @Test
    void aBackoffDoesNotShrink() {
        compile("""
                @Workflow class Bad {
                  @Step(retries = 3, backoff = @Backoff(multiplier = /*>*/0.5)) String charge(Order order) { return ""; }
                  @Step(retries = 3, backoff = @Backoff(initial = "1m", max = /*>*/"5s")) void note(Order order) {}
                }
                """ + ORDER).failsWith("""
                [Millrace/BadBackoff] The backoff multiplier of charge() is 0.5, but must be 1 to 1000: waits do not shrink.
                    Fix: write 1 for equal waits, 2 for doubling ones.""", """
                [Millrace/BadBackoff] The longest wait of note() is "5s", shorter than the first, which is "1m".
                    Fix: make max longer or initial shorter.""");
    }

    @Test
    void retriesAreNotNegative() {
        compile("""
                @Workflow class Bad {
                  @Step(retries = /*>*/-1) String charge(Order order) { return ""; }
                }
                """ + ORDER).failsWith("""
                [Millrace/RetriesBelowZero] retries = -1 of charge() is below zero; attempts are retries + 1, and endless ones there are none.
                    Fix: write 0 to 100, or leave it out for none.""");
    }

    @Test
    void retriesComeToAnEnd() {
        compile("""
                @Workflow class Bad {
                  @Step(retries = /*>*/101) String charge(Order order) { return ""; }
                }
                """ + ORDER).failsWith("""
                [Millrace/TooManyRetries] retries = 101 of charge() is more than 100, the most there may be.
                    Fix: write 0 to 100, and a longer backoff.""");
    }

    @Test
    void noExceptionIsBothRetriedAndNot() {
        compile("""
                @Workflow class Bad {
                  @Step(retryOn = {IllegalStateException.class, Error.class}, noRetryOn = Error/*>*/.class)
                  String charge(Order order) { return ""; }
                }
                """ + ORDER).failsWith("""
                [Millrace/RetryConflict] Error is in both retryOn and noRetryOn of charge().
                    Fix: remove it from one of them.""");
    }

    @Test
    void slotsOfAKindHaveItsName() {
        compile("""
                @Workflow class Bad {
                  @Step(slots = 2, slotKind = /*>*/"my gpu") String charge(Order order) { return ""; }
                }
                """ + ORDER).failsWith("""
                [Millrace/BadSlots] slotKind = "my gpu" of charge() is no name: 1 to 128 letters, digits, '.', '_', ':' or '-', beginning with a letter or a digit.
                    Fix: write the name that workers give those slots, or leave it out.""");
    }

    @Test
    void anAttemptTakesRoom() {
        compile("""
                @Workflow class Bad {
                  @Step(slots = /*>*/0) String charge(Order order) { return ""; }
                }
                """ + ORDER).failsWith("""
                [Millrace/BadSlots] slots = 0 of charge(), but an attempt takes 1 to 10000.
                    Fix: write a number from 1, or leave it out for 1.""");
    }

    @Test
    void aStepHasNoMoreTimeThanItsRun() {
        compile("""
                @Workflow(timeout = "1h") class Bad {
                  @Step(timeout = /*>*/"2h") String ship(Order order) { return ""; }
                }
                """ + ORDER).failsWith("""
                [Millrace/StepOutlivesWorkflow] ship() may take 2h, but the run ends after 1h.
                    Fix: shorten the step's timeout, or write a longer one: @Workflow(timeout = "…").""");
    }

    @Test
    void theDefaultTimeoutOfAStepIsNoPromise() {
        compile("""
                @Workflow(timeout = "1m") class Bad {
                  @Step String ship(Order order) { return ""; }
                }
                """ + ORDER).succeeds();
    }

    @Test
    void namesStandInAddressesWithoutEscaping() {
        compile("""
                @Workflow(/*>*/"orders/eu") class Bad {
                  @Step(name = /*>*/"") String charge(Order order) { return ""; }
                  @Step @RateLimit(value = /*>*/"café", limit = 5) void /*>*/größe(Order order) {}
                }
                """ + ORDER).failsWith("""
                [Millrace/BadName] "orders/eu" is no name for a workflow: names are 1 to 128 letters (a-z, A-Z), digits, '.', '_', ':' or '-', beginning with a letter or a digit.
                    Fix: write another name, as in @Workflow("orders-eu").""", """
                [Millrace/BadName] "" is no name for a step: names are 1 to 128 letters (a-z, A-Z), digits, '.', '_', ':' or '-', beginning with a letter or a digit.
                    Fix: write another name, as in @Step(name = "…").""", """
                [Millrace/BadName] "café" is no name for a rate limit: names are 1 to 128 letters (a-z, A-Z), digits, '.', '_', ':' or '-', beginning with a letter or a digit.
                    Fix: write another name, as in @RateLimit("cafe").""", """
                [Millrace/BadName] "größe" is no name for a step: names are 1 to 128 letters (a-z, A-Z), digits, '.', '_', ':' or '-', beginning with a letter or a digit.
                    The name comes from the source, because none is given.
                    Fix: write another name, as in @Step(name = "grosse").""");
    }

    @Test
    void aNameInTheResultIsAJavaName() {
        compile("""
                @Workflow class Bad {
                  @Step(name = /*>*/"charge-card") String charge(Order order) { return ""; }
                  @Step int /*>*/notify(Order order) { return 1; }
                }
                """ + ORDER).failsWith("""
                [Millrace/ReservedName] Step name "charge-card" cannot be a component of the record BadClient.Result, because it is no Java identifier.
                    2 steps make up the result: charge-card, notify
                    Fix: give the step another name, or mark the steps that are the result with @Result.""", """
                [Millrace/ReservedName] Step name "notify" cannot be a component of the record BadClient.Result, because Java reserves it.
                    2 steps make up the result: charge-card, notify
                    Fix: give the step another name, or mark the steps that are the result with @Result.""");
    }

    @Test
    void theNamesOfGeneratedClassesAreFree() {
        compile("""
                @Workflow /*>*/class Bad {
                  @Step String charge(Order order) { return ""; }
                }
                class BadBinding {}
                """ + ORDER).failsWith("""
                [Millrace/ReservedName] What is generated for Bad has the name of a file that exists: shop.BadBinding.
                    Fix: rename the class that is in the way, or Bad.""");
    }
}
