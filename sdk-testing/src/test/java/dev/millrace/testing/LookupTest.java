package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.TaskState;
import dev.millrace.testing.Lookup.Found;
import dev.millrace.testing.Lookup.Hint;
import dev.millrace.testing.Lookup.Page;
import dev.millrace.testing.Lookup.Query;
import dev.millrace.testing.Lookup.Rating;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Steps that answer later, have a fallback, or are skipped. */
@MillraceTest
class LookupTest {
    private static final Query QUERY = new Query("tea");

    private Supplier<CompletionStage<Found>> find = () -> CompletableFuture.completedFuture(new Found("leaves"));
    private Supplier<Rating> rate = () -> new Rating(5);
    private Supplier<Optional<Hint>> hint = () -> Optional.of(new Hint("boil it"));
    private int ratings;

    private final Lookup lookup = new Lookup(
            () -> find.get(),
            () -> {
                ratings++;
                return rate.get();
            },
            () -> hint.get());

    @Test
    void whatIsThereIsHandedOver(TestMillrace millrace) {
        millrace.worker(lookup);

        assertThat(millrace.start(Lookup.class, QUERY).result(Page.class))
                .isEqualTo(new Page("leaves", 5, "boil it", "Succeeded"));
    }

    @Test
    void anEmptyResultSkipsNothingThatAcceptsIt(TestMillrace millrace) {
        millrace.worker(lookup);
        hint = Optional::empty;

        var run = millrace.start(Lookup.class, QUERY);

        assertThat(run.result(Page.class)).isEqualTo(new Page("leaves", 5, "none", "Skipped"));
    }

    @Test
    void aStageIsAwaitedWithoutHoldingTheTest(TestMillrace millrace) {
        var answer = new CompletableFuture<Found>();
        find = () -> answer;
        millrace.worker(lookup);
        var run = millrace.start(Lookup.class, QUERY);
        assertThat(run.stateOf("find")).isEqualTo(TaskState.RUNNING);
        assertThat(run.stateOf("rate")).isEqualTo(TaskState.SUCCEEDED);

        millrace.advance(Duration.ofSeconds(30));
        answer.complete(new Found("late"));
        millrace.advance(Duration.ZERO);

        assertThat(run.result(Page.class).text()).isEqualTo("late");
    }

    @Test
    void aStageThatIsNeverAnsweredTimesOut(TestMillrace millrace) {
        var answer = new CompletableFuture<Found>();
        find = () -> answer;
        millrace.worker(lookup);
        var run = millrace.start(Lookup.class, QUERY);

        millrace.advance(Duration.ofMinutes(1));

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().orElseThrow().code()).isEqualTo("STEP_TIMEOUT");
        assertThat(answer).isCancelled();
    }

    @Test
    void aStageThatIsAnsweredElsewhereIsWaitedFor(TestMillrace millrace) {
        find = () -> CompletableFuture.supplyAsync(() -> new Found("from afar"));
        millrace.worker(lookup);

        assertThat(millrace.run(Lookup.class, QUERY).result(Page.class).text()).isEqualTo("from afar");
        assertThat(millrace.now()).isEqualTo(TestMillrace.BEGINNING);
    }

    @Test
    void aFallbackAnswersAndAnOpenCircuitCallsNothing(TestMillrace millrace) {
        rate = () -> {
            throw new IllegalStateException("The service is down.");
        };
        millrace.worker(lookup);

        for (int i = 0; i < 5; i++) {
            assertThat(millrace.start(Lookup.class, QUERY).result(Page.class).stars())
                    .isZero();
        }
        assertThat(ratings).as("calls until the circuit opened").isEqualTo(2);

        rate = () -> new Rating(4);
        millrace.advance(Duration.ofHours(2));
        assertThat(millrace.start(Lookup.class, QUERY).result(Page.class).stars())
                .isEqualTo(4);
    }
}
