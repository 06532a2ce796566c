package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connection.MillraceException;
import dev.millrace.testing.Quotes.Ask;
import dev.millrace.testing.Quotes.Quote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Signals that durable code answers, as a user tests them. */
class RequestTest {
    private final TestMillrace millrace = TestMillrace.create();

    @Test
    void eachRequestGetsItsAnswer() {
        millrace.worker(new Quotes());
        var run = millrace.start(Quotes.class, 5);
        assertThat(run.request("quote", new Ask(3), Quote.class)).contains(new Quote(15, 1));
        millrace.crash();
        assertThat(run.request("quote", new Ask(4), Quote.class)).contains(new Quote(20, 2));
        run.signal("close", "enough");
        assertThat(run.result(String.class)).isEqualTo("2 quotes");
    }

    @Test
    void aRunThatDoesNotAnswerSaysNothingAndOneThatHasEndedRefuses() {
        millrace.worker(new Quotes());
        var run = millrace.start(Quotes.class, 5);
        assertThat(run.request("unheard of", new Ask(3), Quote.class)).isEmpty();
        run.signal("close", "enough");
        assertThatThrownBy(() -> run.request("quote", new Ask(3), Quote.class))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        refused -> assertThat(refused.code()).isEqualTo("RUN_FINISHED"));
    }

    @Test
    void whereverTheWorkerDiesTheAnswerIsTheSame() {
        int places = TestMillrace.crashEverywhere(other -> {
            other.worker(new Quotes());
            var run = other.start(Quotes.class, 5);
            run.signal("quote", new Ask(3), "r1");
            other.advance(Duration.ofMinutes(1));
            run.signal("close", "enough", "r2");
            return run;
        });
        assertThat(places).isGreaterThan(3);
    }

    @Test
    void theAnswersAreTakenInTheOrderOfTheRequests() {
        millrace.worker(new Quotes());
        var run = millrace.start(Quotes.class, 1);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            numbers.add(
                    run.request("quote", new Ask(i), Quote.class).orElseThrow().number());
        }
        assertThat(numbers).containsExactly(1, 2, 3);
    }
}
