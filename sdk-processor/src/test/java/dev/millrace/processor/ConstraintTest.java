package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;
import static dev.millrace.processor.Compilation.preview;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What annotations say about parts of a value is either in its schema or refused. */
class ConstraintTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "@Size(max = 3) int | @Size on Order.part has no meaning there: it is about texts, collections, maps and arrays | remove it, or put it where it belongs.",
                "@Positive String | @Positive on Order.part has no meaning there: it is about numbers | remove it, or put it where it belongs.",
                "@Min(1) Instant | @Min on Order.part has no meaning there: it is about numbers | remove it, or put it where it belongs.",
                "@NotBlank UUID | @NotBlank on Order.part has no meaning there: it is about texts | remove it, or put it where it belongs.",
                "List<@Email Integer> | @Email on the elements of Order.part has no meaning there: it is about texts | remove it, or put it where it belongs.",
                "@Pattern(regexp = \"[a-\") String | @Pattern on Order.part is no regular expression: Illegal character range near index 3 of \"[a-\" | mend it.",
                "@DecimalMin(\"much\") BigDecimal | @DecimalMin on Order.part has no number: \"much\" | write one, as in \"0.01\".",
                "@Min(5) @Max(4) int | No value of Order.part could ever be right: its minimum is 5 and its maximum is 4 | correct the constraints.",
                "@Size(min = 5, max = 4) String | No value of Order.part could ever be right: its minLength is 5 and its maxLength is 4 | correct the constraints."
            })
    void aConstraintFitsWhatItIsOn(String part, String complaint, String fix) {
        compile("""
                import jakarta.validation.constraints.*;
                import java.math.BigDecimal;
                @Workflow class Bad {
                  @Step String charge(Order /*>*/order) { return ""; }
                }
                record Order(%s part) {}
                """.formatted(part))
                .failsWith("[Millrace/BadConstraint] " + complaint
                        + " (input, parameter 'order' of charge()).\n    Fix: " + fix);
    }

    @Test
    void whatIsIndexedHasANameOfItsOwn() {
        preview("""
                @Workflow class Bad {
                  @Step String charge(Order /*>*/order) { return ""; }
                }
                record Order(@Indexed("customer id") String customer) {}
                """).failsWith("""
                [Millrace/BadName] "customer id" is no name for the metadata that Order.customer is stored as: names are 1 to 128 letters (a-z, A-Z), digits, '.', '_', ':' or '-', beginning with a letter or a digit (input, parameter 'order' of charge()).
                    Fix: write another name, as in @Indexed("…").""");
        preview("""
                @Workflow class Bad {
                  @Step String charge(Order /*>*/order) { return ""; }
                }
                record Order(@Indexed String id, Customer customer) {}
                record Customer(@Indexed String id) {}
                """).failsWith("""
                [Millrace/BadName] The metadata "id" would be both Order.id and Customer.id (input, parameter 'order' of charge()).
                    Fix: give one of them another name: @Indexed("…").""");
    }

    @Test
    void whatIsIndexedIsOneValue() {
        preview("""
                @Workflow class Bad {
                  @Step String charge(Order /*>*/order) { return ""; }
                }
                record Order(@Indexed List<String> lines) {}
                """).failsWith("""
                [Millrace/MisplacedAnnotation] @Indexed has no effect on Order.lines: runs are found by one text, number or truth value (input, parameter 'order' of charge()).
                    Fix: put it on a part of it, or remove it.""");
    }
}
