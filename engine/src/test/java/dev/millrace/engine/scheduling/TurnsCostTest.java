package dev.millrace.engine.scheduling;

import static dev.millrace.engine.scheduling.Stage.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.RunId;
import dev.millrace.engine.scheduling.Kind.Claim;
import dev.millrace.engine.scheduling.Kind.Gather;
import dev.millrace.engine.scheduling.Kind.Take;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.RateLimitSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What turns cost, in questions asked of tasks: however many wait, and whatever for. */
class TurnsCostTest {
    private static final int MANY = 10_000;

    private final Stage stage = new Stage();
    private final Scheduler scheduler = stage.scheduler;

    private void oncePerHour(String limit) {
        scheduler.limits().define(new RateLimitSpec(limit, 1, Duration.ofHours(1), 1), NOON);
    }

    @Test
    void whateverTheFirstTenThousandWaitForTheNextThatCanRunRunsWithoutAskingThemAgain() {
        oncePerHour("api");
        stage.join(3, stage.shape);
        for (int i = 0; i < MANY; i++) {
            // Each waits for tokens of a key of its own, of which the first taker had all there are.
            var lane = stage.alike().takes(new Take("api", "key-" + i, 0)).lane();
            stage.queue(lane);
            scheduler.offered(lane.head(), NOON);
            stage.queue(stage.alike().takes(new Take("api", "key-" + i, 0)).lane());
        }
        assertThat(scheduler.next(NOON)).isNull();
        var free = stage.alike().lane();
        long questions = stage.questions(() -> {
            var runs = stage.queue(free);
            assertThat(scheduler.next(NOON).task()).isSameAs(runs);
            stage.take(scheduler.next(NOON), NOON);
            assertThat(scheduler.next(NOON)).isNull();
        });
        assertThat(questions).as("of tasks that wait for something").isLessThan(10);
    }

    @Test
    void aTurnAmongTenThousandKeysAsksNoMoreThanAmongAHundred() {
        long few = questionsOfTurns(100);
        long many = questionsOfTurns(MANY);
        assertThat(many).as("beside %d among a hundred", few).isLessThanOrEqualTo(few + 50);
    }

    /** Fifty turns among so many keys that share one rate limit. */
    private long questionsOfTurns(int keys) {
        var limit = "shared-" + keys;
        scheduler.limits().define(new RateLimitSpec(limit, 1_000, Duration.ofSeconds(1), 1), NOON);
        var hand = stage.join(1, stage.shape);
        for (int i = 0; i < keys; i++) {
            stage.queue(stage.alike()
                    .fairness("key-" + i)
                    .takes(new Take(limit, "", 0))
                    .lane());
        }
        long now = NOON;
        stage.take(scheduler.next(now), now);
        hand.take(-1);
        assertThat(scheduler.next(now)).as("all others wait for tokens").isNull();
        long begin = now;
        long questions = stage.questions(() -> turns(hand, begin));
        scheduler.crews().leave(hand);
        return questions;
    }

    private void turns(Stage.Hand hand, long begin) {
        long now = begin;
        for (int turn = 0; turn < 50; turn++) {
            var offer = scheduler.next(now);
            while (offer == null) {
                now += 1_000;
                stage.advance(now);
                offer = scheduler.next(now);
            }
            stage.take(offer, now);
            hand.take(-1);
        }
    }

    @Test
    void theKeysOfABatchStepLeaveNothingBehind() {
        stage.join(1_000_000, stage.shape);
        var flow = stage.alike().lane().flow;
        int before = flow.turns.size() + flow.parent.turns.size();
        for (int i = 0; i < 1_000; i++) {
            var gather = new Gather("v", "embed", "key-" + i, 1, 1);
            stage.queue(stage.alike().gather(gather).lane());
            var offer = scheduler.next(NOON);
            stage.take(offer, NOON);
            scheduler.gathered(offer);
        }
        assertThat(flow.turns.size() + flow.parent.turns.size())
                .as("places of the flow in queues, which each turn would have to look at")
                .isEqualTo(before);
    }

    @Test
    void aLimitThatManySetsOfWorkersShareAsksOnlyAsManyOfThemAsThereIsRoomFor() {
        long few = questionsOfReleases(20);
        long many = questionsOfReleases(2_000);
        assertThat(many).as("beside %d of twenty sets", few).isLessThanOrEqualTo(5 * few);
    }

    /** Fifty times one permit is given back, where so many sets of workers wait for it, each with room. */
    private long questionsOfReleases(int sets) {
        var own = new Stage();
        var limits = own.scheduler.limits();
        var claim = new Claim("shared", "");
        limits.define("shared", new ConcurrencySpec("shared", "", 1, ConcurrencyStrategy.QUEUE));
        for (int set = 0; set < sets; set++) {
            var shape = own.scheduler.shape("s", "orders", "shape-" + set);
            own.join(5, shape);
            var lane = own.alike().shape(shape).claims(claim).lane();
            for (int i = 0; i < 3; i++) {
                own.queue(lane);
            }
        }
        var holder = new Holder(Instant.EPOCH, new RunId(new UUID(0, 0)), 0, 0);
        var first = own.scheduler.next(NOON);
        own.take(first, NOON);
        limits.hold(List.of(claim), holder, NOON);
        assertThat(own.scheduler.next(NOON))
                .as("all others wait for the permit")
                .isNull();
        return own.questions(() -> {
            for (int i = 0; i < 50; i++) {
                limits.release(List.of(claim), holder, NOON);
                var offer = own.scheduler.next(NOON);
                assertThat(((Stage.Item) offer.task()).number)
                        .as("the oldest of all")
                        .isEqualTo(i + 2);
                own.take(offer, NOON);
                offer.worker().take(-1);
                limits.hold(List.of(claim), holder, NOON);
                assertThat(own.scheduler.next(NOON)).isNull();
            }
        });
    }
}
