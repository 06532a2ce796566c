package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.rest.model.RunState;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A run that begins anew again and again, as a user tests it. */
class RestartTest {
    private static final Ledgered.Balance NOTHING = new Ledgered.Balance(0, 0);

    @Test
    void aRunBeginsAnewAndGoesOnWhereItWasWithItsEventsAndSignals() {
        var millrace = TestMillrace.create();
        millrace.worker(new Ledgered());
        var run = millrace.start(Ledgered.class, NOTHING);
        run.signal("bonus", 5L);
        for (long cents = 1; cents <= 40; cents++) {
            millrace.publish("paid", cents);
            millrace.advance(Duration.ofHours(12));
        }
        millrace.publish("paid", 0L);
        run.await();

        assertThat(run.result(Ledgered.Balance.class))
                .isEqualTo(
                        new Ledgered.Balance(13, LongStream.rangeClosed(1, 40).sum() + 5));
        assertThat(run.history()).as("starts anew").hasSizeLessThan(40);
        assertThat(run.history().get(0)).contains("RESTARTED");
    }

    @Test
    void eventsThatCameWhileItBeganAnewAreNotLost() {
        var millrace = TestMillrace.create();
        millrace.worker(new Ledgered()).kill();
        var run = millrace.start(Ledgered.class, NOTHING);
        for (long cents = 1; cents <= 8; cents++) {
            millrace.publish("paid", cents);
        }
        millrace.publish("paid", 0L);
        millrace.worker(new Ledgered());
        run.await();
        assertThat(run.result(Ledgered.Balance.class)).isEqualTo(new Ledgered.Balance(2, 36));
    }

    @Test
    void aCrashAnywhereChangesNothing() {
        int places = TestMillrace.crashEverywhere(test -> {
            test.worker(new Ledgered());
            var run = test.start(Ledgered.class, NOTHING);
            for (long cents = 1; cents <= 4; cents++) {
                test.publish("paid", cents);
            }
            test.publish("paid", 0L);
            return run.await();
        });
        assertThat(places).isGreaterThan(15);
    }

    @Test
    void aCrashOfTheControlPlaneChangesNothing() {
        var millrace = TestMillrace.create();
        millrace.worker(new Ledgered());
        var run = millrace.start(Ledgered.class, NOTHING);
        for (long cents = 1; cents <= 7; cents++) {
            millrace.publish("paid", cents);
            millrace.crash();
        }
        millrace.publish("paid", 0L);
        run.await();
        assertThat(run.result(Ledgered.Balance.class)).isEqualTo(new Ledgered.Balance(2, 28));
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
    }
}
