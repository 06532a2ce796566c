package dev.millrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.binding.WorkflowBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VocabularyTest {

    @Test
    void everyAnnotationIsThereAtRunTime() throws Exception {
        var annotations = annotations();

        assertThat(annotations).contains(Workflow.class, Step.class, Sensitive.class);
        assertThat(annotations)
                .allSatisfy(annotation -> assertThat(annotation.getAnnotation(Retention.class))
                        .as(annotation.getName())
                        .extracting(Retention::value)
                        .isEqualTo(RetentionPolicy.RUNTIME));
    }

    @Test
    void aTypeRefKeepsTheArgumentsOfItsType() {
        var reference = new TypeRef<List<String>>() {};

        assertThat(reference.type().getTypeName()).isEqualTo("java.util.List<java.lang.String>");
        assertThat(reference).isEqualTo(new TypeRef<List<String>>() {}).isNotEqualTo(new TypeRef<List<Integer>>() {});
    }

    @Test
    void aTypeRefOfAClassEqualsTheAnonymousOne() {
        assertThat(TypeRef.of(String.class)).isEqualTo(new TypeRef<String>() {}).hasToString("java.lang.String");
    }

    @Test
    @SuppressWarnings("rawtypes")
    void aTypeRefWithoutArgumentIsRefused() {
        assertThatThrownBy(() -> new TypeRef() {})
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("needs its type argument");
    }

    @Test
    void whereBindsItsValuesByName() {
        var where = Where.where("event.question == q", "q", 42);

        assertThat(where.values()).containsExactly(Map.entry("q", 42));
    }

    @Test
    void whereRefusesANameWithoutValue() {
        assertThatThrownBy(() -> Where.where("event.a == a", "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pairs of a name and a value");
    }

    @Test
    void whereRefusesANameGivenTwice() {
        assertThatThrownBy(() -> Where.where("event.a == a", "a", 1, "a", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("binds 'a' twice");
    }

    @Test
    void aRetryCannotBeAskedForInThePast() {
        assertThatThrownBy(() -> new RetryAfterException(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-1S");
    }

    @Test
    void aRetryMayCloseARateLimit() {
        assertThat(new RetryAfterException(Duration.ofSeconds(3), "openai-tpm").rateLimit())
                .contains("openai-tpm");
        assertThat(new RetryAfterException(Duration.ofSeconds(3)).rateLimit()).isEmpty();
    }

    @Test
    void aMessageIsNotTakenForTheNameOfARateLimit() {
        assertThatThrownBy(() -> new RetryAfterException(Duration.ofSeconds(3), "429: too much to do."))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"429: too much to do.\" is not the name of a rate limit; it would close none.");
    }

    @Test
    void anOutcomeHasAValueOnlyWhenItSucceeded() {
        Outcome<String> succeeded = new Outcome.Succeeded<>("paid");
        Outcome<String> skipped = new Outcome.Skipped<>();

        assertThat(succeeded.toOptional()).contains("paid");
        assertThat(skipped.toOptional()).isEqualTo(Optional.empty());
    }

    @Test
    void aTurnOfALoopCannotBeDelayedIntoThePast() {
        assertThatThrownBy(() -> Loop.again("state", Duration.ofMillis(-5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be negative");
    }

    @Test
    void theBindingOfANestedClassIsNamedAfterBothClasses() {
        assertThat(WorkflowBinding.nameFor(Nested.class)).isEqualTo("dev.millrace.VocabularyTest_NestedBinding");
    }

    private static final class Nested {}

    private static List<Class<?>> annotations() throws Exception {
        var folder =
                Path.of(Workflow.class.getResource("Workflow.class").toURI()).getParent();
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("$") && !name.startsWith("package-info"))
                    .<Class<?>>map(name -> load(name.replace(".class", "")))
                    .filter(Class::isAnnotation)
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName("dev.millrace." + name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
