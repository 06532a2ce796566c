package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.Escalation;
import dev.millrace.connection.MillraceException;
import dev.millrace.rest.model.RunState;
import dev.millrace.testing.Review.Grade;
import dev.millrace.testing.Review.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Steps that ask people, as a user tests them. */
class ApprovalsTest {
    private static final Verdict GOOD = new Verdict(Grade.GOOD, 3, List.of("short"), Optional.empty());

    private final TestMillrace millrace = TestMillrace.create();

    @Test
    void anAnswerIsGivenToTheStepWithItsType() {
        millrace.worker(new Review());
        var run = millrace.start(Review.class, 4);
        assertThat(run.state()).isEqualTo(RunState.WAITING);
        assertThat(millrace.approvals()).singleElement().satisfies(asked -> {
            assertThat(asked.role()).isEqualTo("editor");
            assertThat(asked.runId()).isEqualTo(run.id());
        });
        millrace.advance(Duration.ofDays(1));
        millrace.approvals().get(0).answer(GOOD);
        assertThat(run.result(String.class)).isEqualTo("GOOD 3 of 4 [short]");
        assertThat(millrace.approvals()).isEmpty();
    }

    @Test
    void theNextOneIsAskedWhenNobodyAnswers() {
        millrace.worker(new Review());
        var run = millrace.start(Review.class, 4);
        millrace.advance(Duration.ofDays(2));
        assertThat(millrace.approvals()).extracting(TestApproval::role).containsExactly("chief");
        millrace.crash();
        millrace.approvals().get(0).answer(GOOD);
        assertThat(run.result(String.class)).startsWith("GOOD");
    }

    @Test
    void anApprovalGoesToOthersByItselfAndKeepsItsEnd() {
        millrace.worker(new Review.Escalating());
        var run = millrace.start(Review.Escalating.class, 1);
        var asked = millrace.approvals().get(0);
        var end = asked.expiresAt();
        assertThat(asked.role()).isEqualTo("editor");
        millrace.advance(Duration.ofDays(1));
        millrace.crash();
        assertThat(millrace.approvals()).singleElement().satisfies(escalated -> {
            assertThat(escalated.role()).isEqualTo("chief");
            assertThat(escalated.expiresAt()).isEqualTo(end);
            escalated.answer(GOOD);
        });
        assertThat(run.result(String.class)).startsWith("GOOD");
    }

    @Test
    void anEscalationComesBeforeTheTimeIsUp() {
        millrace.worker(new Review.Escalating());
        assertThat(millrace.run(Review.Escalating.class, 3)
                        .failure()
                        .orElseThrow()
                        .message())
                .contains("cannot be escalated to 'chief' after PT72H: its time is up then");
        assertThatThrownBy(() -> Escalation.after(Duration.ZERO, "chief"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not after PT0S");
        assertThatThrownBy(() -> Escalation.after(Duration.ofDays(1), " ")).hasMessageContaining("1 to 200 characters");
    }

    @Test
    void nineDaysWithoutAnAnswerTakeMilliseconds() {
        millrace.worker(new Review());
        assertThat(millrace.run(Review.class, 4).result(String.class)).isEqualTo("nobody answered");
    }

    @Test
    void somebodyMayLetTheRunGoOnWithoutAnAnswer() {
        millrace.worker(new Review());
        millrace.start(Review.class, 4);
        millrace.approvals().get(0).expire();
        assertThat(millrace.approvals()).extracting(TestApproval::role).containsExactly("chief");
    }

    @Test
    void theFirstAnswerCounts() {
        millrace.worker(new Review());
        millrace.start(Review.class, 4);
        var asked = millrace.approvals().get(0);
        asked.answer(GOOD);
        assertThatThrownBy(() -> asked.answer(GOOD))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        refused -> assertThat(refused.code()).isEqualTo("APPROVAL_OVER"));
    }

    @Test
    void whatIsNoSuchAnswerIsRefusedWithThePath() {
        millrace.worker(new Review());
        millrace.start(Review.class, 4);
        var asked = millrace.approvals().get(0);
        assertThatThrownBy(() -> asked.answer(Map.of("grade", "SO_SO", "pages", "many")))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("$.grade")
                .hasMessageContaining("$.pages")
                .hasMessageContaining("remarks");
        assertThat(millrace.approvals()).hasSize(1);
    }

    @Test
    void whereverTheWorkerDiesTheAnswerIsTakenOnce() {
        int places = TestMillrace.crashEverywhere(other -> {
            other.worker(new Review());
            var run = other.start(Review.class, 4);
            while (other.approvals().isEmpty()) {
                other.advance(Duration.ofSeconds(1));
            }
            other.approvals().get(0).answer(GOOD);
            return run;
        });
        assertThat(places).isGreaterThan(4);
    }
}
