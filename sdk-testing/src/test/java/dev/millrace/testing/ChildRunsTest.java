package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.rest.model.RunState;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Runs that durable code starts, as a user tests them. */
class ChildRunsTest {
    private static final String OUTCOME = "[5, 4, 6] 4 CHILD_FAILED 4";

    private final TestMillrace millrace = TestMillrace.create();
    private final Survey survey = new Survey();
    private final Census census = new Census();

    @Test
    void childrenAreStartedOnceAndTheirResultsCome() {
        millrace.worker(survey, census);
        var run = millrace.start(Survey.class, "Paris,Graz,London").await();

        assertThat(run.result(String.class)).isEqualTo(OUTCOME);
        assertThat(census.counted)
                .containsExactlyInAnyOrder("Paris", "Graz", "London", "Bern", "Rome", "Atlantis", "Oslo");
        assertThat(census.metadata).contains("survey");
        assertThat(survey.seen).as("the code comes here again").hasSizeGreaterThan(1);
        assertThat(survey.seen.stream().distinct())
                .as("and is given the same child")
                .hasSize(1);
    }

    @Test
    void whateverChildrenEndAsIsAValueWhereTheyAreSettled() {
        millrace.worker(new Referendum(), census);
        var run = millrace.start(Referendum.class, "Paris,Atlantis,Graz").await();

        assertThat(run.result(String.class)).isEqualTo("5 CHILD_FAILED 4");
    }

    @Test
    void resultsOfManyAreReadAPageAtATime() {
        var towns = IntStream.range(0, 300)
                .mapToObj(town -> "t" + "o".repeat(town % 7))
                .toList();
        millrace.worker(new Population(), census);
        var run = millrace.start(Population.class, String.join(",", towns)).await();

        assertThat(run.result(Integer.class))
                .isEqualTo(towns.stream().mapToInt(String::length).sum());
        assertThat(census.counted).hasSize(300);
    }

    @Test
    void aCrashAnywhereChangesNothing() {
        int places = TestMillrace.crashEverywhere(test -> {
            test.worker(new Survey(), new Census());
            return test.run(Survey.class, "Paris,Graz");
        });
        assertThat(places).as("both sides of every start, and of every child").isGreaterThan(20);
    }

    @Test
    void aCrashOfTheControlPlaneChangesNothing() {
        census.happens = town -> millrace.crash();
        millrace.worker(survey, census);
        var run = millrace.start(Survey.class, "Paris,Graz,London");
        millrace.crash();
        run.await();

        assertThat(run.result(String.class)).isEqualTo(OUTCOME);
    }

    @Test
    void aCancelledParentTakesItsChildrenWithIt() {
        millrace.worker(survey);
        millrace.worker(new Census()).kill();
        var run = millrace.start(Survey.class, "Paris,Graz");
        assertThat(run.state()).isEqualTo(RunState.WAITING);
        run.cancel("enough");
        assertThat(run.state()).isEqualTo(RunState.CANCELLED);
        millrace.worker(census);
        millrace.advance(Duration.ofDays(3));
        assertThat(census.counted).isEmpty();
    }

    @Test
    void aChildOfAWorkflowThatNobodyServesHereIsAFailureOfTheStep() {
        millrace.worker(survey);
        var run = millrace.start(Survey.class, "Paris").await();

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().orElseThrow().message()).contains("There is no workflow 'census' in this test");
    }
}
