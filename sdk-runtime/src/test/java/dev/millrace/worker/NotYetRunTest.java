package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.TypeRef;
import dev.millrace.binding.Answer;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.connection.MillraceException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NotYetRunTest {
    private static final TypeRef<String> TEXT = TypeRef.of(String.class);

    @ParameterizedTest
    @MethodSource
    void aWorkflowThatCannotBeRunYetIsNotServed(Parameter parameter, String what) {
        var method = new MethodBinding<Scripted>("go", List.of(parameter), TEXT, (workflow, arguments) -> "");

        assertThatThrownBy(() -> NotYetRun.refuse(new ScriptedBinding(), List.of(method)))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("its step 'go' takes " + what + ", which this version of the SDK cannot run yet.")
                .extracting(e -> ((MillraceException) e).code())
                .isEqualTo("NOT_SUPPORTED");
    }

    static Stream<Arguments> aWorkflowThatCannotBeRunYetIsNotServed() {
        return Stream.of(Arguments.of(Parameter.turn(TEXT), "the turn before"));
    }

    @Test
    void aStepThatAnswersInAnotherWayIsNotServed() {
        assertThatThrownBy(() -> refuse(Answer.LOOP)).hasMessageContaining("its step 'go' returns a Loop,");
        assertThatCode(() -> refuse(Answer.STAGE)).doesNotThrowAnyException();
        assertThatCode(() -> refuse(Answer.VALUE)).doesNotThrowAnyException();
    }

    private static void refuse(Answer answer) {
        NotYetRun.refuse(
                new ScriptedBinding(),
                List.of(new MethodBinding<Scripted>(
                        "go", List.of(Parameter.input(TEXT)), TEXT, answer, (workflow, arguments) -> "")));
    }
}
