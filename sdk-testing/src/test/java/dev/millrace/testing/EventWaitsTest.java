package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.rest.model.RunState;
import dev.millrace.testing.Dunning.Invoice;
import dev.millrace.testing.Dunning.Paid;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Steps that wait for events, as a user tests them. */
class EventWaitsTest {
    private static final Invoice INVOICE = new Invoice("i-1", 100);

    private final TestMillrace millrace = TestMillrace.create();
    private final Dunning dunning = new Dunning();

    @Test
    void aRunGetsItsEventAndNoOther() {
        millrace.worker(dunning);
        var run = millrace.start(Dunning.class, INVOICE);
        millrace.publish("invoice.paid", new Paid("i-2", 100));
        millrace.publish("invoice.sent", new Paid("i-1", 100));
        assertThat(run.state()).isEqualTo(RunState.WAITING);
        millrace.advance(Duration.ofDays(31));
        millrace.publish("invoice.paid", new Paid("i-1", 100));
        assertThat(run.result(String.class)).isEqualTo("paid");
        assertThat(dunning.reminders).containsExactly("i-1 1");
    }

    @Test
    void threeMonthsInVainTakeMilliseconds() {
        millrace.worker(dunning);
        assertThat(millrace.run(Dunning.class, INVOICE).result(String.class)).isEqualTo("100 cents open");
        assertThat(dunning.reminders).hasSize(3);
    }

    @Test
    void anEventThatWasPublishedSinceTheRunBeganIsThereAndComesOnce() {
        millrace.publish("invoice.paid", new Paid("i-1", 1));
        millrace.advance(Duration.ofSeconds(1));
        millrace.worker(dunning).kill();
        var run = millrace.start(Dunning.class, INVOICE);
        millrace.publish("invoice.paid", new Paid("i-1", 30));
        millrace.crash();
        millrace.worker(dunning);
        run.await();
        assertThat(run.result(String.class))
                .as("30 once, and nothing of before")
                .isEqualTo("70 cents open");
    }

    @Test
    void partsAreTakenInOrderEachOnce() {
        millrace.worker(dunning);
        var run = millrace.start(Dunning.class, INVOICE);
        millrace.publish("invoice.paid", new Paid("i-1", 60));
        millrace.crash();
        assertThat(run.state()).isEqualTo(RunState.WAITING);
        millrace.publish("invoice.paid", new Paid("i-1", 40));
        assertThat(run.result(String.class)).isEqualTo("paid");
        assertThat(dunning.reminders).isEmpty();
    }

    @Test
    void anEventOfAnotherShapeFailsTheStepAndBothAreNamed() {
        millrace.worker(dunning);
        var run = millrace.start(Dunning.class, INVOICE);
        millrace.publish("invoice.paid", java.util.Map.of("invoice", "i-1", "cents", "many"));
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().orElseThrow().message())
                .contains("waits for EVENT 'invoice.paid'", "Dunning$Paid", "many");
    }

    @Test
    void whatCannotBeAskedFailsTheStep() {
        millrace.worker(new Dunning.Confused());
        var run = millrace.run(Dunning.Confused.class, INVOICE);
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().orElseThrow().message()).contains("paid failed");
    }

    @Test
    void whereverTheWorkerDiesEachEventIsTakenOnce() {
        int places = TestMillrace.crashEverywhere(other -> {
            other.worker(new Dunning());
            var run = other.start(Dunning.class, INVOICE);
            other.publish("invoice.paid", new Paid("i-1", 60));
            other.publish("invoice.paid", new Paid("i-1", 40));
            return run;
        });
        assertThat(places).isGreaterThan(5);
    }
}
