package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.Workflow;
import dev.millrace.processor.model.Vocabulary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is declared and has no effect yet is refused, never ignored. */
class LaterTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"Metadata(name = \"team\", value = \"a\")     | Metadata"})
    void anAnnotationOfTheClassWithoutEffectIsRefused(String written, String name) {
        compile("""
                @Workflow
                /*>*/@%s
                class Bad {
                  @Step String charge(List<Order> orders) { return ""; }
                }
                record Order(String id) {}
                """.formatted(written))
                .failsWith("[Millrace/NotYetSupported] @" + name
                        + " is not supported by this version of Millrace yet (on Bad).\n    Fix: remove it.");
    }

    @Test
    void anAnnotationOfAFieldWithoutEffectIsRefusedWhereAWorkflowUsesIt() {
        compile("""
                @Workflow class Bad {
                  @Step Payment /*>*/charge(Order /*>*/order) { return null; }
                }
                record Order(@Indexed String id) {}
                record Payment(@Sensitive String card) {}
                """).failsWith("""
                [Millrace/NotYetSupported] @Sensitive on Payment.card is not supported by this version of Millrace yet (result of charge()).
                    Fix: remove it.""", """
                [Millrace/NotYetSupported] @Indexed on Order.id is not supported by this version of Millrace yet (input, parameter 'order' of charge()).
                    Fix: remove it.""");
    }

    @Test
    void everyAnnotationIsKnown() throws Exception {
        assertThat(annotations()).isNotEmpty().containsExactlyElementsOf(Vocabulary.ANNOTATIONS);
    }

    private static List<String> annotations() throws Exception {
        var names = new ArrayList<String>();
        var uri = Workflow.class.getResource("Workflow.class").toURI();
        var entries = uri.getScheme().equals("jar")
                ? entries(uri.toString())
                : files(Path.of(uri).getParent());
        for (var entry : entries) {
            if (entry.endsWith(".class") && !entry.contains("package-info")) {
                var type = Class.forName("dev.millrace." + entry.replace(".class", ""));
                if (type.isAnnotation()) {
                    names.add(type.getName());
                }
            }
        }
        return names;
    }

    private static List<String> files(Path folder) throws Exception {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static List<String> entries(String uri) throws Exception {
        var jar = Path.of(java.net.URI.create(uri.substring("jar:".length(), uri.indexOf('!'))));
        try (var zip = new java.util.zip.ZipFile(jar.toFile())) {
            return zip.stream()
                    .map(java.util.zip.ZipEntry::getName)
                    .filter(name -> name.matches("dev/millrace/[^/]+"))
                    .map(name -> name.substring("dev/millrace/".length()))
                    .sorted()
                    .toList();
        }
    }
}
