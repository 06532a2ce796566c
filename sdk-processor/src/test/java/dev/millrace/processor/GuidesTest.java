package dev.millrace.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.Workflow;
import java.io.IOException;
import java.lang.annotation.Repeatable;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The pages about the language say what the source says, and their examples are compiled. */
class GuidesTest {
    private static final Path ANNOTATIONS = Path.of("../docs/reference/annotations.md");
    private static final Path MISTAKES = Path.of("../docs/guides/compiler-errors.md");
    private static final boolean UPDATE = "update".equals(System.getProperty("millrace.goldens"));
    private static final String ANEW =
            "Run this test with -Dmillrace.goldens=update, which writes it anew, and read the" + " difference";

    @Test
    void thePageOfTheAnnotationsIsThatOfTheirSource() throws IOException {
        var annotations = AnnotationsPage.annotations();
        var examples = AnnotationsPage.examples(Files.readString(ANNOTATIONS));
        var page = AnnotationsPage.page(annotations, examples);
        if (UPDATE) {
            Files.writeString(ANNOTATIONS, page);
        }

        assertThat(Files.readString(ANNOTATIONS))
                .as("%s. %s", ANNOTATIONS, ANEW)
                .isEqualTo(page);
        assertThat(annotations.stream()
                        .filter(annotation -> !annotation.container())
                        .map(AnnotationsPage.Annotation::name))
                .as("annotations with an example under their heading in %s", ANNOTATIONS)
                .containsExactlyInAnyOrderElementsOf(examples.keySet());
    }

    /** By reflection, so that what the page was made from is what people compile against. */
    @Test
    void thePageListsEveryAnnotationAndMember() throws Exception {
        var listed = new TreeMap<String, String>();
        for (var annotation : AnnotationsPage.annotations()) {
            listed.put(
                    annotation.name(),
                    annotation.members().stream()
                            .map(row -> row.split("`")[1])
                            .sorted()
                            .collect(Collectors.joining(",")));
        }
        var there = new TreeMap<String, String>();
        for (var name : listed.keySet()) {
            var type = Class.forName(Workflow.class.getPackageName() + "." + name);
            there.put(
                    name,
                    Arrays.stream(type.getDeclaredMethods())
                            .map(Method::getName)
                            .sorted()
                            .collect(Collectors.joining(",")));
            var repeatable = type.getAnnotation(Repeatable.class);
            if (repeatable != null) {
                assertThat(AnnotationsPage.annotations())
                        .as("what is written around several @%s", name)
                        .anyMatch(annotation -> annotation.container()
                                && annotation.name().equals(repeatable.value().getSimpleName()));
            }
        }
        assertThat(listed).isEqualTo(there);
    }

    @Test
    void theExamplesOfTheAnnotationsCompile() {
        for (var example : CheckedPage.read(ANNOTATIONS).examples()) {
            assertThat(example.compile()).as(example.java()).isEmpty();
        }
    }

    @Test
    void theMistakesInTheGuideAreToldAsItSays() throws IOException {
        if (UPDATE) {
            CheckedPage.read(MISTAKES).update();
        }
        var examples = CheckedPage.read(MISTAKES).examples();
        assertThat(examples).hasSize(10);
        for (var example : examples) {
            var found = example.compile();
            assertThat(found).as(example.java()).isNotEmpty().allMatch(CompilerUnderTest.Found::isOurs);
            assertThat(example.printed().orElse(""))
                    .as("%s. %s", MISTAKES, ANEW)
                    .isEqualToNormalizingWhitespace(example.print(found));
        }
    }
}
