package dev.millrace.manifest.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelRequirementTest {

    @ParameterizedTest
    @CsvSource({
        "EQUAL,     eu,  eu,   true",
        "EQUAL,     eu,  EU,   false",
        "EQUAL,     8,   8.0,  false",
        "NOT_EQUAL, eu,  us,   true",
        "NOT_EQUAL, eu,  eu,   false",
        "AT_LEAST,  32,  32.0, true",
        "AT_LEAST,  32,  100,  true",
        "AT_LEAST,  32,  9,    false",
        "AT_MOST,   32,  9,    true",
        "AT_MOST,   32,  32.1, false",
        "GREATER,   -1,  0,    true",
        "GREATER,   -1,  -1,   false",
        "LESS,      0.5, 0.25, true",
        "LESS,      0.5, 0.5,  false",
        "AT_LEAST,  32,  32GB, false",
        "LESS,      32,  many, false",
    })
    void textsAreComparedAsTextsAndNumbersAsNumbers(
            LabelComparator comparator, String value, String label, boolean met) {
        assertThat(new LabelRequirement("x", comparator, value).isMetBy(Map.of("x", label)))
                .isEqualTo(met);
    }

    @Test
    void aWorkerWithoutTheLabelIsOnlyNotEqual() {
        for (var comparator : LabelComparator.values()) {
            assertThat(new LabelRequirement("x", comparator, "1").isMetBy(Map.of("y", "1")))
                    .as(comparator.name())
                    .isEqualTo(comparator == LabelComparator.NOT_EQUAL);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EQUAL,    1, EQUAL,     2, true",
        "EQUAL,    1, EQUAL,     1, false",
        "EQUAL,    1, NOT_EQUAL, 1, true",
        "EQUAL,    1, NOT_EQUAL, 2, false",
        "EQUAL,    8, AT_LEAST,  9, true",
        "EQUAL,    9, AT_LEAST,  9, false",
        "EQUAL,    x, LESS,      9, true",
        "AT_LEAST, 8, AT_MOST,   8, false",
        "AT_LEAST, 8, LESS,      8, true",
        "GREATER,  8, AT_MOST,   8, true",
        "GREATER,  8, LESS,      9, false",
        "AT_LEAST, 9, AT_MOST,   8, true",
        "AT_LEAST, 9, GREATER,   1, false",
        "NOT_EQUAL, 8, AT_LEAST, 8, false",
    })
    void whatNoLabelCanBeIsAContradiction(
            LabelComparator first, String one, LabelComparator second, String other, boolean contradicts) {
        var left = new LabelRequirement("x", first, one);
        var right = new LabelRequirement("x", second, other);

        assertThat(Contradictions.among(List.of(left, right)).isPresent()).isEqualTo(contradicts);
        assertThat(Contradictions.among(List.of(right, left)).isPresent()).isEqualTo(contradicts);
        assertThat(Contradictions.among(List.of(left, new LabelRequirement("y", second, other))))
                .isEmpty();
    }
}
