package dev.millrace.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.NonRetryableException;
import dev.millrace.RetryAfterException;
import dev.millrace.samples.orders.simulated.PaymentServer;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The provider as it is over HTTP. */
class HttpPaymentsTest {
    private final PaymentServer server = new PaymentServer();
    private final HttpPayments payments = new HttpPayments(server.address());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aRepeatedChargeIsTheSamePayment() {
        var first = payments.charge("pm_visa", 100, "EUR", "run-1/charge");

        assertThat(payments.charge("pm_visa", 100, "EUR", "run-1/charge")).isEqualTo(first);
        assertThat(server.repeated()).isOne();
        assertThat(payments.taken()).containsExactly("run-1/charge");
    }

    @Test
    void whatIsGivenBackIsNotTaken() {
        var payment = payments.charge("pm_visa", 100, "EUR", "run-1/charge");

        payments.refund(payment);
        payments.refund(payment);

        assertThat(payments.taken()).isEmpty();
    }

    @Test
    void aProviderWithTooMuchToDoSaysHowLong() {
        assertThatThrownBy(() -> payments.charge("pm_visa_busy_once", 100, "EUR", "run-1/charge"))
                .isInstanceOfSatisfying(
                        RetryAfterException.class,
                        later -> assertThat(later.delay()).isEqualTo(Duration.ofSeconds(1)));
        assertThat(payments.charge("pm_visa_busy_once", 100, "EUR", "run-1/charge")
                        .cents())
                .isEqualTo(100);
        assertThat(server.tooMany()).isOne();
    }

    @Test
    void aRefusedCardIsRefusedForGood() {
        assertThatThrownBy(() -> payments.charge("pm_visa_stolen", 100, "EUR", "run-1/charge"))
                .isInstanceOf(NonRetryableException.class)
                .hasMessage("The card pm_visa_stolen was refused: the card was reported stolen.");
    }

    @Test
    void aProviderThatIsNotThereIsTriedAgain() {
        var nobody = new HttpPayments(URI.create("http://127.0.0.1:1"));

        assertThatThrownBy(() -> nobody.charge("pm_visa", 100, "EUR", "run-1/charge"))
                .isInstanceOf(ServiceBusyException.class);
    }
}
