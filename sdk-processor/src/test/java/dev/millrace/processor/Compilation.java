package dev.millrace.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.millrace.processor.CompilerUnderTest.Found;
import dev.millrace.processor.CompilerUnderTest.Outcome;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.annotation.processing.Processor;

/**
 * One run of each compiler with the processor, over sources given as text. What is asserted is asserted of all of them: the
 * same errors in the same places, the same files. Questions about details are answered by what javac did.
 *
 * <p>A source marks where an error is expected by a comment {@code /*>*}{@code /} right before the place; so that file, line
 * and column of every error are asserted without counting.
 */
final class Compilation {
    private static final String MARK = "/*>*/";
    private static final List<String> PRELUDE =
            List.of("package shop;", "import dev.millrace.*;", "import java.util.*;", "import java.time.*;");

    private final List<Source> sources;
    private final List<String> more;
    private final Map<CompilerUnderTest, Outcome> outcomes;

    private Compilation(List<Source> sources, List<String> more, Map<CompilerUnderTest, Outcome> outcomes) {
        this.sources = sources;
        this.more = more;
        this.outcomes = outcomes;
    }

    /** A source file. */
    record Source(String path, String text) {}

    /** A file of package {@code shop} with the usual imports, all on its first line. */
    static Source shop(String simpleName, String text) {
        return new Source("shop/" + simpleName + ".java", String.join(" ", PRELUDE) + "\n" + text);
    }

    /** Compiles {@code shop/Bad.java}. */
    static Compilation compile(String text) {
        return compile(shop("Bad", text));
    }

    /** Compiles sources. */
    static Compilation compile(Source... sources) {
        return compileWith(() -> List.of(new MillraceProcessor()), sources);
    }

    /** Compiles {@code shop/Bad.java} with all of the language, also what no control plane runs yet. */
    static Compilation preview(String text) {
        return preview(shop("Bad", text));
    }

    /** Compiles sources with all of the language, also what no control plane runs yet. */
    static Compilation preview(Source... sources) {
        return compileWith(
                () -> List.of(new MillraceProcessor()),
                System.getProperty("java.class.path"),
                List.of("-Amillrace.preview=true"),
                List.of(sources));
    }

    /** Compiles sources with these processors, made anew for each compiler. */
    static Compilation compileWith(Supplier<List<Processor>> processors, Source... sources) {
        return compileWith(processors, System.getProperty("java.class.path"), List.of(), List.of(sources));
    }

    /**
     * Compiles the same sources once more with javac, with what came of them on the class path. Eclipse's compiler writes no
     * class that it finds there; what is told then is {@code ReservedName}.
     */
    Compilation again() {
        var classPath = output() + File.pathSeparator + System.getProperty("java.class.path");
        var outcome = CompilerUnderTest.JAVAC.compile(sources, List.of(new MillraceProcessor()), classPath, more);
        return new Compilation(sources, more, Map.of(CompilerUnderTest.JAVAC, outcome));
    }

    private static Compilation compileWith(
            Supplier<List<Processor>> processors, String classPath, List<String> more, List<Source> sources) {
        var outcomes = new EnumMap<CompilerUnderTest, Outcome>(CompilerUnderTest.class);
        for (var compiler : CompilerUnderTest.values()) {
            outcomes.put(compiler, compiler.compile(sources, processors.get(), classPath, more));
        }
        return new Compilation(sources, more, outcomes);
    }

    /** The text of a file that was written, or a failure that lists what was. */
    String written(String path) {
        return written(CompilerUnderTest.JAVAC, path);
    }

    /** The text of a file that was written under a compiler, or a failure that lists what was. */
    String written(CompilerUnderTest compiler, String path) {
        try {
            var file = outcomes.get(compiler).output().resolve(path);
            return Files.exists(file)
                    ? Files.readString(file, StandardCharsets.UTF_8)
                    : fail("%s was not written by %s, but only %s.\n%s", path, compiler, files(), messages(compiler));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The paths of all files that were written but class files, sorted. */
    List<String> files() {
        return files(CompilerUnderTest.JAVAC);
    }

    /** The paths of all files that were written under a compiler but class files, sorted. */
    List<String> files(CompilerUnderTest compiler) {
        var output = outcomes.get(compiler).output();
        try (var files = Files.walk(output)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> output.relativize(file).toString())
                    .filter(file -> !file.endsWith(".class"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where javac wrote classes and resources. */
    Path output() {
        return outcomes.get(CompilerUnderTest.JAVAC).output();
    }

    /** All errors and warnings of javac, by their place. */
    List<Found> found() {
        return outcomes.get(CompilerUnderTest.JAVAC).found();
    }

    /** Asserts that there was neither an error nor a warning, also not in generated code. */
    Compilation succeeds() {
        outcomes.forEach((compiler, outcome) -> {
            assertThat(messages(compiler)).as("messages of %s", compiler).isEmpty();
            assertThat(outcome.success()).as("%s ended well", compiler).isTrue();
        });
        return this;
    }

    /**
     * Asserts these errors and no others, at the marks in the sources and in their order. An error of the compiler itself
     * (one without a tag) is as javac words and places it; other compilers are not asked for it.
     */
    void failsWith(String... messages) {
        saysAtMarks(false, messages);
    }

    /** Asserts these warnings and no errors, at the marks in the sources and in their order. */
    void warnsWith(String... messages) {
        saysAtMarks(true, messages);
    }

    private void saysAtMarks(boolean success, String... messages) {
        outcomes.forEach((compiler, outcome) -> {
            var marks = marks(compiler);
            assertThat(marks).as("marks in the source").hasSameSizeAs(messages);
            var javac = compiler == CompilerUnderTest.JAVAC;
            var expected = new ArrayList<Found>();
            for (int i = 0; i < messages.length; i++) {
                if (javac || messages[i].startsWith(Found.OURS)) {
                    expected.add(marks.get(i).says(messages[i].strip()));
                }
            }
            expected.sort(Found.BY_PLACE);
            assertThat(outcome.found().stream()
                            .filter(found -> javac || found.isOurs())
                            .map(Found::toString))
                    .as("messages of %s", compiler)
                    .isEqualTo(expected.stream().map(Found::toString).toList());
            assertThat(outcome.success()).as("%s ended well", compiler).isEqualTo(success);
        });
    }

    /** Asserts that among the errors there is one that contains this. */
    void failsMentioning(String text) {
        outcomes.keySet()
                .forEach(compiler -> assertThat(messages(compiler))
                        .as("messages of %s", compiler)
                        .contains(text));
    }

    private String messages(CompilerUnderTest compiler) {
        return outcomes.get(compiler).found().stream().map(Found::toString).collect(Collectors.joining("\n"));
    }

    private List<Found> marks(CompilerUnderTest compiler) {
        var marks = new ArrayList<Found>();
        for (var source :
                sources.stream().sorted(Comparator.comparing(Source::path)).toList()) {
            var lines = source.text().split("\n", -1);
            for (int line = 0; line < lines.length; line++) {
                for (int at = lines[line].indexOf(MARK); at >= 0; at = lines[line].indexOf(MARK, at + 1)) {
                    int column = compiler.column(lines[line], at + MARK.length());
                    marks.add(new Found("error", source.path(), line + 1, column + 1, ""));
                }
            }
        }
        return marks;
    }
}
