package dev.millrace.samples.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps are plain methods: no engine is at work here. */
class DraftChecksTest {
    private final DraftChecks checks = new DraftChecks(address -> !address.endsWith("/gone"));

    @Test
    void aMisspeltWordIsNamedOnceWithItsSpelling() {
        assertThat(checks.spelling(draft("Teh boats recieve teh post.")))
                .containsExactlyInAnyOrder("\"teh\" is written \"the\"", "\"recieve\" is written \"receive\"");
    }

    @Test
    void boastsAreNamed() {
        assertThat(checks.wording(draft("The best ever, Guaranteed!")))
                .containsExactly("we do not write \"best ever\"", "we do not write \"guaranteed\"");
    }

    @Test
    void linksMustLeadSomewhere() {
        assertThat(checks.links(draft("See https://a.example/here and (https://a.example/gone).")))
                .containsExactly("https://a.example/gone leads nowhere");
    }

    @Test
    void theFindingsAreThoseOfAllChecks() {
        var findings = checks.findings(List.of("a"), List.of(), List.of("b"));

        assertThat(findings.objections()).containsExactly("a", "b");
        assertThat(findings).hasToString("a; b");
        assertThat(checks.findings(List.of(), List.of(), List.of()).none()).isTrue();
    }

    private static Draft draft(String text) {
        return new Draft("d", "A title", "ben", text);
    }
}
