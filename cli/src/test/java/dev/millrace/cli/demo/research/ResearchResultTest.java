package dev.millrace.cli.demo.research;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.terminal.Style;
import dev.millrace.samples.research.Claim;
import dev.millrace.samples.research.Decision;
import dev.millrace.samples.research.Decision.Kind;
import dev.millrace.samples.research.Dossier;
import dev.millrace.samples.research.Report;
import dev.millrace.samples.research.Verified;
import dev.millrace.samples.research.simulated.Inquiry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResearchResultTest {
    private static final Style PLAIN = new Style(false, false);
    private static final Inquiry HEAT_PUMPS = Inquiry.all().get(0);
    private static final Inquiry EVERYTHING = Inquiry.all().get(3);
    private static final Verified VERIFIED =
            new Verified(List.of(new Claim("They are cheaper.", List.of("news-1"))), List.of("They are loved."));

    @Test
    void whatWasFoundDecidedAndSpentIsTold() {
        var result = new ResearchResult(List.of(found(Kind.ANSWER, Optional.of(new Report("Buy.")), 3)), "noon", 2);

        assertThat(result.asExpected()).isTrue();
        assertThat(result.lines(PLAIN))
                .contains(
                        "heat pumps  run r-1",
                        "  gathered   from 3 sources; analysed in 3 rounds",
                        "  claim      They are cheaper. [news-1]",
                        "  dropped    They are loved. (rests on nothing)",
                        "  decided    ANSWER: because",
                        "  report     Buy.",
                        "  used       1,234 tokens");
        assertThat(result.json()).contains("\"tooManyRequests\" : 2", "\"tokens\" : 1234");
    }

    @Test
    void anotherDecisionIsADeviation() {
        assertThat(found(Kind.TOO_LITTLE_IS_KNOWN, Optional.empty(), 3).deviations())
                .singleElement()
                .asString()
                .contains("must be decided as Optional[ANSWER]");
    }

    @Test
    void anAnswerWithoutAReportIsADeviation() {
        assertThat(found(Kind.ANSWER, Optional.empty(), 3).deviations())
                .singleElement()
                .asString()
                .contains("must have a report");
    }

    @Test
    void aStreamThatIsNotTheReportIsADeviation() {
        var dossier = new Dossier(
                HEAT_PUMPS.question(), new Decision(Kind.ANSWER, "because"), VERIFIED, Optional.of(new Report("Buy.")));

        assertThat(new Found(HEAT_PUMPS, "r-1", Optional.of(dossier), "", 3, 3, "Bu", 1_234).deviations())
                .containsExactly(
                        "The question about heat pumps (run r-1) must stream its report, but streamed \"Bu\".");
    }

    @Test
    void otherRoundsAreADeviation() {
        assertThat(found(Kind.ANSWER, Optional.of(new Report("Buy.")), 4).deviations())
                .containsExactly("The question about heat pumps (run r-1) must take 3 rounds, but took 4.");
    }

    @Test
    void aRunThatMustFailForItsBudgetMustNotFailForAnythingElse() {
        var overBudget = new Found(EVERYTHING, "r-2", Optional.empty(), "BUDGET_EXCEEDED: too much", 0, 0, "", 30_000);
        var lost = new Found(EVERYTHING, "r-2", Optional.empty(), "WORKER_LOST: gone", 0, 0, "", 0);

        assertThat(overBudget.deviations()).isEmpty();
        assertThat(lost.deviations()).singleElement().asString().contains("must fail with BUDGET_EXCEEDED");
    }

    private static Found found(Kind kind, Optional<Report> report, int rounds) {
        var dossier = new Dossier(HEAT_PUMPS.question(), new Decision(kind, "because"), VERIFIED, report);
        var streamed = report.map(Report::text).orElse("");
        return new Found(HEAT_PUMPS, "r-1", Optional.of(dossier), "", 3, rounds, streamed, 1_234);
    }
}
