package dev.millrace.bench.trials;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FindingsTest {

    @Test
    void findingsAreATableForPeopleAndOneObjectForPrograms() {
        var findings = new Findings("recovery").row("lost", "0").row("kill -9 to first assignment", "1.90 s");
        findings.json().put("lost", 0);

        assertThat(findings.text(false)).isEqualToNormalizingNewlines("""
                lost                         0
                kill -9 to first assignment  1.90 s""");
        assertThat(findings.text(true)).contains("\"benchmark\" : \"recovery\"").contains("\"lost\" : 0");
        assertThat(findings.problem()).isEmpty();
    }

    @Test
    void whatMustNotBeIsAProblemBesideTheFigures() {
        assertThat(new Findings("recovery").problem("3 runs were lost.").problem())
                .contains("3 runs were lost.");
    }

    @Test
    void numbersHaveThreeDigitsOrAreWhole() {
        assertThat(Findings.number(1.98765)).isEqualTo("1.99");
        assertThat(Findings.number(1_234_567)).isEqualTo("1,234,567");
    }
}
