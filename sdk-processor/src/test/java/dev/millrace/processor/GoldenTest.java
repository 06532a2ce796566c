package dev.millrace.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.ManifestRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is written for whole workflows, file by file. Each folder of {@code golden/} holds the sources of one case in {@code
 * source/} and what must come of them in {@code expected/}. Those in {@code golden-preview/} are compiled with what no control
 * plane runs yet.
 *
 * <p>After a change that is meant, write the files anew with {@code -Dmillrace.goldens=update} and read the difference.
 */
class GoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path PREVIEW = Path.of("src/test/resources/golden-preview");

    @ParameterizedTest
    @MethodSource("folders")
    void theFilesOfAWorkflowAreTheGoldenOnes(Path folder) throws IOException {
        var compilation = compiled(folder).succeeds();
        var expected = folder.resolve("expected");
        if ("update".equals(System.getProperty("millrace.goldens"))) {
            update(compilation, expected);
        }

        assertThat(compilation.files())
                .as("files of %s; write them anew with -Dmillrace.goldens=update", folder)
                .isEqualTo(filesIn(expected));
        for (var file : compilation.files()) {
            assertThat(compilation.written(file))
                    .as("%s/expected/%s; write it anew with -Dmillrace.goldens=update", folder, file)
                    .isEqualTo(Files.readString(expected.resolve(file)));
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    void theManifestIsOneThatTheControlPlaneTakes(Path folder) throws IOException {
        var compilation = compiled(folder);
        for (var file : compilation.files()) {
            if (file.endsWith(".json")) {
                var text = compilation.written(file);
                var manifest = ManifestJson.read(text.getBytes(StandardCharsets.UTF_8));

                assertThat(ManifestRules.check(manifest))
                        .filteredOn(problem ->
                                !folder.startsWith(PREVIEW) || !problem.code().equals("NOT_SUPPORTED"))
                        .filteredOn(problem -> !file.contains("/catalogues/")
                                || !problem.code().equals("NO_STEPS"))
                        .isEmpty();
                assertThat(ManifestJson.write(manifest)).isEqualTo(text);
            }
        }
    }

    /** Only javac tells on which line a method stands. */
    @ParameterizedTest
    @MethodSource("folders")
    void everyCompilerWritesTheSameButForLines(Path folder) throws IOException {
        var compilation = compiled(folder);

        assertThat(compilation.files(CompilerUnderTest.ECLIPSE)).isEqualTo(compilation.files());
        for (var file : compilation.files()) {
            assertThat(compilation.written(CompilerUnderTest.ECLIPSE, file)).doesNotContain("\"line\"");
            assertThat(withoutLines(compilation.written(CompilerUnderTest.ECLIPSE, file)))
                    .as(file)
                    .isEqualTo(withoutLines(compilation.written(file)));
        }
    }

    @Test
    void theOrderOfTheSourcesMakesNoDifference() throws IOException {
        var source = GOLDEN.resolve("json-types").resolve("source");
        var more = GOLDEN.resolve("order-fulfilment").resolve("source");
        var sources = new ArrayList<Compilation.Source>();
        for (var folder : List.of(source, more)) {
            for (var file : filesIn(folder)) {
                sources.add(new Compilation.Source(file, read(folder.resolve(file))));
            }
        }
        var there =
                Compilation.compile(sources.toArray(Compilation.Source[]::new)).succeeds();
        Collections.reverse(sources);
        var back =
                Compilation.compile(sources.toArray(Compilation.Source[]::new)).succeeds();

        assertThat(back.files()).isEqualTo(there.files());
        for (var file : there.files()) {
            assertThat(back.written(file)).isEqualTo(there.written(file));
        }
    }

    @Test
    void aSecondCompilationOverTheFirstOneWritesTheSame() throws IOException {
        var first = compiled(GOLDEN.resolve("many-results")).succeeds();
        var second = first.again().succeeds();

        assertThat(second.files()).isEqualTo(first.files());
        for (var file : first.files()) {
            assertThat(second.written(file)).isEqualTo(first.written(file));
        }
    }

    /** Generated code is read when something is not understood, so there should be little of it. */
    @Test
    void whatIsGeneratedForAWorkflowOfTenStepsIsShort() {
        var source = new StringBuilder("@Workflow class Bad {\n  @Step V1 s1(Order order) { return null; }\n");
        var types = new StringBuilder("record Order(String id) {}\nrecord V1(int n) {}\n");
        for (int i = 2; i <= 10; i++) {
            source.append("  @Step V%d s%d(Order order, V%d before, StepContext context) { return null; }\n"
                    .formatted(i, i, i - 1));
            types.append("record V%d(int n) {}\n".formatted(i));
        }
        var compilation = Compilation.compile(source + "}\n" + types).succeeds();

        var binding = compilation.written("shop/BadBinding.java").lines().count();
        var client = compilation.written("shop/BadClient.java").lines().count();
        assertThat(binding + client).isLessThanOrEqualTo(300);
    }

    static List<Path> folders() throws IOException {
        var folders = new ArrayList<Path>();
        for (var root : List.of(GOLDEN, PREVIEW)) {
            try (var children = Files.list(root)) {
                children.sorted().forEach(folders::add);
            }
        }
        return folders;
    }

    private static String withoutLines(String manifest) {
        return manifest.replaceAll(",\n *\"line\": \\d+", "").replaceAll("\n *\"line\": \\d+,", "");
    }

    private static Compilation compiled(Path folder) throws IOException {
        var source = folder.resolve("source");
        var sources = filesIn(source).stream()
                .map(file -> new Compilation.Source(file, read(source.resolve(file))))
                .toArray(Compilation.Source[]::new);
        return folder.startsWith(PREVIEW) ? Compilation.preview(sources) : Compilation.compile(sources);
    }

    private static List<String> filesIn(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static void update(Compilation compilation, Path expected) throws IOException {
        if (Files.exists(expected)) {
            for (var file : filesIn(expected)) {
                Files.delete(expected.resolve(file));
            }
        }
        for (var file : compilation.files()) {
            Files.createDirectories(expected.resolve(file).getParent());
            Files.writeString(expected.resolve(file), compilation.written(file));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
