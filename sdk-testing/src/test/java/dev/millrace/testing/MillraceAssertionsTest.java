package dev.millrace.testing;

import static dev.millrace.testing.MillraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.NonRetryableException;
import dev.millrace.rest.model.RunState;
import dev.millrace.testing.Trip.Order;
import dev.millrace.testing.Trip.Ticket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@MillraceTest
class MillraceAssertionsTest {
    private TestRun done;
    private TestRun broken;

    @BeforeEach
    void run(TestMillrace millrace) {
        var payments = new AtomicInteger();
        millrace.worker(new Trip((step, context) -> {
            if (step.equals("pay") && payments.incrementAndGet() == 1) {
                throw new IllegalStateException("the terminal is slow");
            }
            if (step.equals("issue") && context.metadata().containsKey("broken")) {
                throw new NonRetryableException("no paper");
            }
        }));
        done = millrace.run(Trip.class, new Order("A-1", 2));
        broken = millrace.start(Trip.class, new Order("A-2", 1), o -> o.metadata("broken", "yes"))
                .await();
    }

    @Test
    void whatHoldsPasses() {
        assertThat(done)
                .succeeded()
                .is(RunState.SUCCEEDED)
                .notCompensated()
                .result(Ticket.class, ticket -> assertThat(ticket.seats()).containsExactly(0, 1))
                .step("pay")
                .succeeded()
                .attempts(2)
                .step("seat")
                .elements(2)
                .step("refund")
                .isPending()
                .run()
                .result(new Ticket(done.id() + "/pay", List.of(0, 1)));
        assertThat(broken)
                .failed()
                .because("STEP_FAILED")
                .at("issue")
                .compensated()
                .step("issue")
                .failed()
                .attempts(1);
    }

    @Test
    void whatDoesNotHoldSaysWhatThereIsInsteadWithTheHistory() {
        assertThatThrownBy(() -> assertThat(broken).succeeded())
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("Expected the run to be SUCCEEDED, but it is FAILED.")
                .hasMessageContaining("no paper")
                .hasMessageContaining("History of the run:")
                .hasMessageContaining("issue attempt 1 FAILED");
        assertThatThrownBy(() -> assertThat(done).step("pay").attempts(3))
                .hasMessageStartingWith("Expected 3 attempts of step \"pay\", but there have been 2.");
        assertThatThrownBy(() -> assertThat(broken).at("pay"))
                .hasMessageStartingWith("Expected the run to fail at step \"pay\", but it failed at \"issue\".");
        assertThatThrownBy(() -> assertThat(done).because("STEP_FAILED"))
                .hasMessageStartingWith("Expected the run to fail because of STEP_FAILED, but it is SUCCEEDED.");
        assertThatThrownBy(() -> assertThat(done).result(new Ticket("other", List.of())))
                .hasMessageStartingWith("Expected the result Ticket[payment=other, seats=[]], but it is Ticket[");
        assertThatThrownBy(() -> assertThat(done).step("seat").elements(3))
                .hasMessageStartingWith("Expected 3 elements of step \"seat\", but there are 2.");
        assertThatThrownBy(() -> assertThat(done).goesOn()).hasMessageContaining("to go on, but it is SUCCEEDED");
        assertThatThrownBy(() -> assertThat(done).compensated()).hasMessageContaining("to be compensated");
    }

    @Test
    void aStepThatDoesNotExistIsRefusedAtOnce() {
        assertThatThrownBy(() -> assertThat(done).step("fly"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no step 'fly'");
    }
}
