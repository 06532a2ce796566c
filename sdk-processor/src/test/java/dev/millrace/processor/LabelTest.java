package dev.millrace.processor;

import static dev.millrace.processor.Compilation.preview;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of a worker's labels. */
class LabelTest {
    private static final String TYPES = "record Order(String id) {}\n";

    @Test
    void whatIsAskedOfLabelsIsUnderstood() {
        preview("""
                @Requires(label = "topology/zone", value = "eu-1") @Prefers(label = "disk", value = "ssd")
                @Workflow @Sticky class Bad {
                  @Requires(label = "cores", comparator = LabelComparator.AT_LEAST, value = "8")
                  @Requires(label = "cores", comparator = LabelComparator.LESS, value = "64")
                  @Prefers(label = "cores", comparator = LabelComparator.GREATER, value = "-1.5", weight = 1000)
                  @Sticky(Stickiness.HARD) @Step String charge(Order order) { return ""; }
                }
                """ + TYPES).succeeds();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Requires(label = /*>*/\" \", value = \"eu\") | BadLabel | \" \" is no label of a worker: it has 1 to 256 characters",
                "Prefers(label = \"region\", value = /*>*/\"\") | BadLabel | \"\" is no value of a worker",
                "Requires(label = \"memory\", value = /*>*/\">= 32\") | BadLabel | The value \">= 32\" of label \"memory\" begins with a sign, but how it compares is a member of its own.\\n    Fix: write comparator = LabelComparator.AT_LEAST, value = \"32\".",
                "Requires(label = \"memory\", comparator = LabelComparator.LESS, value = /*>*/\"many\") | BadLabel | LESS compares numbers, but the value of label \"memory\" is \"many\".\\n    Fix: write a number such as \"32\" or \"7.5\"",
                "Prefers(label = \"memory\", comparator = LabelComparator.AT_MOST, value = /*>*/\"32GB\") | BadLabel | AT_MOST compares numbers, but the value of label \"memory\" is \"32GB\".\\n    Fix: write value = \"32\", and let workers say a number without a unit as well.",
                "Prefers(label = \"region\", value = \"eu\", weight = /*>*/0) | OutOfRange | @Prefers(weight = 0) is not 1 to 1000.",
            })
    void whatNoLabelCanBeIsRefused(String written, String tag, String sentence) {
        preview("""
                @Workflow class Bad {
                  @%s @Step String charge(Order order) { return ""; }
                }
                """.formatted(written) + TYPES)
                .failsMentioning("[Millrace/" + tag + "] " + sentence.replace("\\n", "\n"));
    }

    @Test
    void theComparatorIsNoPartOfTheValue() {
        preview("""
                @Workflow class Bad {
                  @Requires(label = "cores", value = /*>*/"< 8") @Step String charge(Order order) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/BadLabel] The value "< 8" of label "cores" begins with a sign, but how it compares is a member of its own.
                    Fix: write comparator = LabelComparator.LESS, value = "8".""");
    }

    @Test
    void whatNoWorkerCanBeIsRefused() {
        preview("""
                @Workflow class Bad {
                  @Requires(label = "region", value = "eu") @Requires(label = "region", value = "us")
                  @Step String charge(Order order) { return ""; }
                }
                """ + TYPES).failsMentioning("""
                [Millrace/LabelConflict] charge() requires that label 'region' is "us" and that label 'region' is "eu", which no worker can be, so it would wait for ever.
                    Fix: remove one of them, or make it a preference with @Prefers.""");
    }

    @Test
    void whatAMethodSaysOfALabelReplacesWhatItsClassSays() {
        preview("""
                @Requires(label = "region", value = "eu")
                @Workflow class Bad {
                  @Requires(label = "region", value = "us") @Step String charge(Order order) { return ""; }
                }
                """ + TYPES).succeeds();
    }

    @Test
    void aPlaceAsksOnce() {
        preview("""
                @Workflow class Bad {
                  @Prefers(label = "region", value = "eu", weight = 2) @Prefers(label = "region", value = "eu")
                  @Step String charge(Order order) { return ""; }
                }
                """ + TYPES).failsMentioning("""
                [Millrace/ToldTwice] charge() says twice that label 'region' is "eu".
                    Fix: remove one of them.""");
    }

    @Test
    void thereIsABoundOnHowMuchIsAsked() {
        var asked = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            asked.append("@Requires(label = \"l").append(i).append("\", value = \"1\") ");
        }
        preview("@Requires(label = \"more\", value = \"1\")\n@Workflow class Bad {\n  " + asked
                        + "@Step String charge(Order order) { return \"\"; }\n}\n" + TYPES)
                .failsMentioning("[Millrace/LabelConflict] charge() has 17 times @Requires, with those of Bad, but may"
                        + " have it 16 times.");
    }
}
