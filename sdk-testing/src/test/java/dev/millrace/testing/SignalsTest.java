package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connection.MillraceException;
import dev.millrace.rest.model.RunState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Signals as a user tests them. */
class SignalsTest {
    private static final Errand.Item MILK = new Errand.Item("milk", 2);
    private static final Errand.Item BREAD = new Errand.Item("bread", 1);

    private final TestMillrace millrace = TestMillrace.create();

    @Test
    void aRunTakesItsSignalsInOrderHoweverLateTheyCome() {
        millrace.worker(new Errand());
        var run = millrace.start(Errand.class, "Ada");
        assertThat(run.state()).isEqualTo(RunState.WAITING);
        run.signal("item", MILK);
        millrace.advance(Duration.ofDays(20));
        run.signal("item", BREAD).signal("go", "out");
        assertThat(run.result(String.class)).isEqualTo("Ada went out with [2 milk, 1 bread]");
    }

    @Test
    void aMonthInVainTakesMilliseconds() {
        millrace.worker(new Errand());
        var run = millrace.start(Errand.class, "Ada");
        millrace.advance(Duration.ofDays(30).minusSeconds(1));
        assertThat(run.hasEnded()).isFalse();
        millrace.advance(Duration.ofSeconds(1));
        assertThat(run.result(String.class)).isEqualTo("Ada waited in vain");
    }

    @Test
    void aSignalThatIsSentAgainComesOnceAlsoAfterACrash() {
        var errand = new Errand();
        millrace.worker(errand);
        var run = millrace.start(Errand.class, "Ada");
        assertThat(run.signal("item", MILK, "order-1")).isTrue();
        millrace.crash();
        assertThat(run.signal("item", MILK, "order-1")).isFalse();
        run.signal("go", "out");
        assertThat(run.result(String.class)).isEqualTo("Ada went out with [2 milk]");
        assertThat(errand.fetched).containsExactly("milk");
    }

    @Test
    void signalsThatCameBeforeAWorkerDidAreKept() {
        var first = millrace.worker(new Errand());
        first.kill();
        var run = millrace.start(Errand.class, "Ada");
        run.signal("go", "out");
        millrace.crash();
        millrace.worker(new Errand());
        assertThat(run.await().result(String.class)).isEqualTo("Ada went out with []");
    }

    @Test
    void aSignalOfAnotherTypeFailsTheStepAndBothAreNamed() {
        millrace.worker(new Errand());
        var run = millrace.start(Errand.class, "Ada");
        run.signal("item", "milk");
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().orElseThrow().message())
                .contains("waits for SIGNAL 'item'", "Errand$Item", "\"milk\"");
        assertThat(run.attemptsOf("run"))
                .as("nothing is gained by a repetition")
                .isEqualTo(2);
    }

    @Test
    void aRunThatHasEndedRefusesSignals() {
        millrace.worker(new Errand());
        var run = millrace.start(Errand.class, "Ada");
        run.signal("go", "out");
        assertThatThrownBy(() -> run.signal("go", "again"))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        refused -> assertThat(refused.code()).isEqualTo("RUN_FINISHED"));
    }

    @Test
    void whereverTheWorkerDiesEachSignalIsTakenOnce() {
        int places = TestMillrace.crashEverywhere(other -> {
            other.worker(new Basket());
            return other.start(Basket.class, 3)
                    .signal("item", "milk")
                    .signal("item", "bread")
                    .signal("item", "salt");
        });
        assertThat(places).isGreaterThan(15);
    }
}
