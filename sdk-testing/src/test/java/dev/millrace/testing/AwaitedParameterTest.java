package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.rest.model.RunState;
import dev.millrace.testing.Delivery.Decision;
import dev.millrace.testing.Delivery.Paid;
import dev.millrace.testing.Delivery.Parcel;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Steps that wait before they begin, as a user tests them. */
class AwaitedParameterTest {
    private static final Parcel PARCEL = new Parcel("p-1", 100);

    private final TestMillrace millrace = TestMillrace.create();

    @Test
    void aStepIsGivenWhatItWaitedFor() {
        millrace.worker(new Delivery());
        var run = millrace.start(Delivery.class, PARCEL);
        assertThat(run.state()).isEqualTo(RunState.WAITING);
        millrace.publish("parcel.paid", new Paid("p-2", 100));
        millrace.publish("parcel.paid", new Paid("p-1", 99));
        assertThat(millrace.approvals()).singleElement().satisfies(asked -> {
            assertThat(asked.role()).isEqualTo("clerk");
            assertThat(asked.title()).isEqualTo("Ship it?");
        });
        millrace.approvals().get(0).answer(new Decision(true, "fine"));
        assertThat(run.state()).isEqualTo(RunState.WAITING);
        millrace.publish("parcel.paid", new Paid("p-1", 100));
        assertThat(run.result(String.class)).isEqualTo("label of p-1, 100, true fine");
    }

    @Test
    void itListensFromTheStartOfTheRun() {
        millrace.publish("parcel.paid", new Paid("p-1", 500));
        millrace.advance(Duration.ofSeconds(1));
        millrace.worker(new Delivery()).kill();
        var run = millrace.start(Delivery.class, PARCEL);
        millrace.publish("parcel.paid", new Paid("p-1", 200));
        assertThat(run.state()).as("nobody packs it").isEqualTo(RunState.QUEUED);
        millrace.worker(new Delivery());
        millrace.advance(Duration.ofDays(2));
        assertThat(run.result(String.class)).isEqualTo("label of p-1, 200, nobody said anything");
    }

    @Test
    void aStepThatCannotDoWithoutFailsWhenNothingComes() {
        millrace.worker(new Delivery());
        var run = millrace.run(Delivery.class, PARCEL);
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        MillraceAssertions.assertThat(run).failed().at("ship").because("EVENT_TIMEOUT");
    }

    @Test
    void anEventOfAnotherShapeFailsTheStepForGoodAndNamesThePath() {
        millrace.worker(new Delivery());
        var run = millrace.start(Delivery.class, PARCEL);
        millrace.publish("parcel.paid", Map.of("parcel", "p-1", "cents", 100.5));
        millrace.approvals().get(0).answer(new Decision(true, "fine"));
        MillraceAssertions.assertThat(run.await())
                .failed()
                .at("ship")
                .because("ARGUMENT_INVALID")
                .step("ship")
                .attempts(1);
        assertThat(run.failure().orElseThrow().message()).contains("cents");
    }

    @Test
    void whereverTheWorkerDiesTheStepBeginsWithWhatCame() {
        int places = TestMillrace.crashEverywhere(other -> {
            other.worker(new Delivery());
            var run = other.start(Delivery.class, PARCEL);
            while (other.approvals().isEmpty()) {
                other.advance(Duration.ofSeconds(1));
            }
            other.approvals().get(0).answer(new Decision(false, "no"));
            other.publish("parcel.paid", new Paid("p-1", 200));
            return run;
        });
        assertThat(places).isGreaterThan(1);
    }
}
