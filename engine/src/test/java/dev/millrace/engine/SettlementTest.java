package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a rate limit reserved for an attempt is corrected by what the attempt really took. */
class SettlementTest {
    private final EngineHarness engine = new EngineHarness();
    /** 100 tokens, ten of which flow in every second; each attempt is thought to take 50. */
    private final VersionRef version = engine.define(workflow("w")
            .limit("api", 10, Duration.ofSeconds(1), 100)
            .step("work", step -> step.limit("api", 50))
            .build());

    private final FakeWorker worker = engine.workerByHand(100, version);

    private void start(int count) {
        for (int i = 0; i < count; i++) {
            engine.start(version);
        }
    }

    private int assigned() {
        return worker.assigned().size();
    }

    private void end(int number, FakeWorker.Result result) {
        worker.end(worker.assigned().get(number).attempt(), result);
    }

    private long taken() {
        var limits = ((Reply.LimitsRead) engine.ask(replyTo -> new Command.ReadLimits(replyTo, EngineHarness.TENANT)))
                .limits();
        return limits.stream()
                .filter(LimitStatus.Rate.class::isInstance)
                .flatMap(limit -> ((LimitStatus.Rate) limit).keys().stream())
                .mapToLong(LimitStatus.Usage::taken)
                .sum();
    }

    @Test
    void whatWasNotTakenGoesBackAndWakesWhoWaits() {
        start(3);
        assertThat(assigned()).isEqualTo(2);
        end(0, value("1").settling("api", 5));
        assertThat(assigned()).as("45 came back, 50 are needed").isEqualTo(2);
        engine.advance(Duration.ofMillis(500));
        assertThat(assigned()).isEqualTo(3);
    }

    @Test
    void whatWasTakenBeyondTheEstimateIsOwedAndTheNextOnesWait() {
        start(3);
        end(0, value("1").settling("api", 150));
        assertThat(assigned()).isEqualTo(2);
        engine.advance(Duration.ofMillis(14_999));
        assertThat(assigned()).as("100 are owed, and 50 needed").isEqualTo(2);
        engine.advance(Duration.ofMillis(1));
        assertThat(assigned()).isEqualTo(3);
    }

    @Test
    void theBucketNeverHoldsMoreThanItsBurst() {
        start(1);
        worker.accept(worker.assigned().get(0).attempt());
        engine.advance(Duration.ofSeconds(30));
        end(0, value("1").settling("api", 0));
        start(5);
        assertThat(assigned()).as("it was full before the tokens came back").isEqualTo(3);
    }

    @Test
    void withoutASettlementTheEstimateStands() {
        start(3);
        end(0, value("1").using("api", 5));
        assertThat(assigned()).isEqualTo(2);
        engine.advance(Duration.ofSeconds(5));
        assertThat(assigned()).isEqualTo(3);
    }

    @Test
    void aLostAttemptTookWhatWasReserved() {
        start(1);
        worker.disconnect();
        engine.advance(Duration.ofSeconds(1));
        assertThat(taken()).isEqualTo(40);
    }

    @Test
    void theLastWordHoldsAndTheSameWordTwiceCountsOnce() {
        start(2);
        var attempt = worker.assigned().get(0).attempt();
        var twenty = Spent.of(Usage.NONE, Usage.of("api", 20));
        worker.report(attempt, twenty);
        worker.report(attempt, twenty);
        assertThat(taken()).isEqualTo(70);
        worker.end(attempt, failure("Boom").settling("api", 30));
        assertThat(taken()).isEqualTo(80);
    }

    @Test
    void everyAttemptIsSettledByItself() {
        var often = engine.define(workflow("often")
                .limit("other", 1, Duration.ofDays(300), 100)
                .step("work", step -> step.limit("other", 40).retries(1))
                .build());
        engine.worker(1, often)
                .on(
                        "work",
                        attempt -> attempt.attempt().attempt() == 1
                                ? failure("Boom").settling("other", 10)
                                : value("1").settling("other", 60));
        engine.start(often);
        engine.advance(Duration.ofMinutes(1));
        assertThat(taken()).isBetween(69L, 70L);
    }

    @Test
    void aLimitThatTheStepDoesNotHaveIsNobodysBusiness() {
        start(1);
        end(0, value("1").settling("unheard-of", 7));
        assertThat(taken()).isEqualTo(50);
        assertThat(engine.shard().image().buckets()).hasSize(1);
    }

    @Test
    void aNewOwnerKnowsEveryTokenThatIsOwed() {
        start(3);
        worker.report(worker.assigned().get(1).attempt(), Spent.of(Usage.NONE, Usage.of("api", 60)));
        engine.project();
        end(0, value("1").settling("api", 150));
        var buckets = List.copyOf(engine.shard().image().buckets());
        engine.crashAndReconnect();
        assertThat(engine.shard().image().buckets()).isEqualTo(buckets);
        end(1, value("1").settling("api", 70));
        engine.advance(Duration.ofMillis(16_999));
        assertThat(assigned()).as("120 are owed, and 50 needed").isEqualTo(2);
        engine.advance(Duration.ofMillis(1));
        assertThat(assigned()).isEqualTo(3);
    }

    @Test
    void noAmountIsTooLargeToBeOwed() {
        start(3);
        end(0, value("1").settling("api", Long.MAX_VALUE));
        engine.advance(Duration.ofDays(300));
        assertThat(engine.shard().image().buckets())
                .singleElement()
                .satisfies(bucket -> assertThat(bucket.level()).isNegative());
        assertThat(assigned()).isEqualTo(2);
    }
}
