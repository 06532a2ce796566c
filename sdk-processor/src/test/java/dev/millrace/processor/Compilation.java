package dev.millrace.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import javax.annotation.processing.Processor;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * One run of the compiler with the processor, over sources given as text.
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
    private final boolean success;
    private final List<Diagnostic<? extends JavaFileObject>> diagnostics;
    private final Path output;

    private Compilation(
            List<Source> sources,
            List<String> more,
            boolean success,
            List<Diagnostic<? extends JavaFileObject>> diagnostics,
            Path output) {
        this.sources = sources;
        this.more = more;
        this.success = success;
        this.diagnostics = diagnostics;
        this.output = output;
    }

    /** A source file. */
    record Source(String path, String text) {
        JavaFileObject file() {
            return new SimpleJavaFileObject(URI.create("string:///" + path), JavaFileObject.Kind.SOURCE) {
                @Override
                public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                    return text;
                }
            };
        }
    }

    /** A file of package {@code shop} with the usual imports, all on its first line. */
    static Source shop(String simpleName, String text) {
        return new Source("shop/" + simpleName + ".java", String.join(" ", PRELUDE) + "\n" + text);
    }

    /** Compiles {@code shop/Bad.java}. */
    static Compilation compile(String text) {
        return compile(List.of(), shop("Bad", text));
    }

    /** Compiles sources. */
    static Compilation compile(Source... sources) {
        return compile(List.of(), sources);
    }

    /** Compiles {@code shop/Bad.java} with all of the language, also what no control plane runs yet. */
    static Compilation preview(String text) {
        return preview(shop("Bad", text));
    }

    /** Compiles sources with all of the language, also what no control plane runs yet. */
    static Compilation preview(Source... sources) {
        return compileWith(
                List.of(new MillraceProcessor()),
                System.getProperty("java.class.path"),
                List.of("-Amillrace.preview=true"),
                sources);
    }

    /** Compiles sources with processors before ours. */
    static Compilation compile(List<Processor> others, Source... sources) {
        var processors = new ArrayList<>(others);
        processors.add(new MillraceProcessor());
        return compileWith(processors, sources);
    }

    /** Compiles sources with these processors. */
    static Compilation compileWith(List<? extends Processor> processors, Source... sources) {
        return compileWith(processors, System.getProperty("java.class.path"), List.of(), sources);
    }

    /** Compiles the same sources once more, with what came of them on the class path. */
    Compilation again() {
        var classPath = output + File.pathSeparator + System.getProperty("java.class.path");
        return compileWith(List.of(new MillraceProcessor()), classPath, more, sources.toArray(Source[]::new));
    }

    private static Compilation compileWith(
            List<? extends Processor> processors, String classPath, List<String> more, Source... sources) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var diagnostics = new DiagnosticCollector<JavaFileObject>();
        try {
            var output = Files.createTempDirectory("compilation");
            output.toFile().deleteOnExit();
            var options = new ArrayList<>(List.of(
                    "-d",
                    output.toString(),
                    "-s",
                    output.toString(),
                    "-Xlint:all,-processing,-auxiliaryclass",
                    "--release",
                    "17"));
            options.addAll(more);
            var task = compiler.getTask(
                    null,
                    null,
                    diagnostics,
                    options,
                    null,
                    Arrays.stream(sources).map(Source::file).toList());
            task.setProcessors(processors);
            var success = task.call();
            return new Compilation(List.of(sources), more, success, diagnostics.getDiagnostics(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a file that was written, or a failure that lists what was. */
    String written(String path) {
        try {
            var file = output.resolve(path);
            return Files.exists(file)
                    ? Files.readString(file, StandardCharsets.UTF_8)
                    : fail("%s was not written, but only %s.\n%s", path, files(), allMessages());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The paths of all files that were written but class files, sorted. */
    List<String> files() {
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

    /** Where classes and resources were written. */
    Path output() {
        return output;
    }

    /** Asserts that there was neither an error nor a warning, also not in generated code. */
    Compilation succeeds() {
        assertThat(allMessages()).isEmpty();
        assertThat(success).as("the compiler ended well").isTrue();
        return this;
    }

    /** Asserts these errors and no others, at the marks in the sources and in their order. */
    void failsWith(String... messages) {
        saysAtMarks(messages);
        assertThat(success).as("the compiler ended well").isFalse();
    }

    /** Asserts these warnings and no errors, at the marks in the sources and in their order. */
    void warnsWith(String... messages) {
        saysAtMarks(messages);
        assertThat(success).as("the compiler ended well").isTrue();
    }

    private void saysAtMarks(String... messages) {
        var expected = new ArrayList<String>();
        var marks = marks();
        assertThat(marks).as("marks in the source").hasSameSizeAs(messages);
        for (int i = 0; i < messages.length; i++) {
            expected.add(marks.get(i) + " " + messages[i].strip());
        }
        var found = found().stream().map(Found::toString).toList();
        assertThat(found).isEqualTo(expected);
    }

    /**
     * An error or warning.
     *
     * @param kind {@code error} or {@code warning}
     * @param line from 1
     * @param column from 1
     */
    record Found(String kind, String file, long line, long column, String message) {
        @Override
        public String toString() {
            return file + ":" + line + ":" + column + " " + message;
        }
    }

    /** All errors and warnings, by their place. */
    List<Found> found() {
        return diagnostics.stream()
                .filter(diagnostic -> diagnostic.getKind() != Diagnostic.Kind.NOTE)
                .map(diagnostic -> new Found(
                        diagnostic.getKind() == Diagnostic.Kind.ERROR ? "error" : "warning",
                        fileName(diagnostic),
                        diagnostic.getLineNumber(),
                        diagnostic.getColumnNumber(),
                        message(diagnostic)))
                .sorted(Comparator.comparing(Found::file)
                        .thenComparingLong(Found::line)
                        .thenComparingLong(Found::column))
                .toList();
    }

    /** Asserts that among the errors there is one that contains this. */
    void failsMentioning(String text) {
        assertThat(allMessages()).contains(text);
    }

    /** javac indents all lines but the first by two more. */
    private static String message(Diagnostic<?> diagnostic) {
        return diagnostic.getMessage(null).replaceAll("\n {4,}", "\n    ");
    }

    private String allMessages() {
        return diagnostics.stream()
                .filter(diagnostic -> diagnostic.getKind() != Diagnostic.Kind.NOTE)
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
    }

    private List<String> marks() {
        var marks = new ArrayList<String>();
        for (var source :
                sources.stream().sorted(Comparator.comparing(Source::path)).toList()) {
            var lines = source.text().split("\n", -1);
            for (int line = 0; line < lines.length; line++) {
                for (int at = lines[line].indexOf(MARK); at >= 0; at = lines[line].indexOf(MARK, at + 1)) {
                    marks.add(source.path() + ":" + (line + 1) + ":" + (at + MARK.length() + 1));
                }
            }
        }
        return marks;
    }

    private static String fileName(Diagnostic<? extends JavaFileObject> diagnostic) {
        return diagnostic.getSource() == null
                ? ""
                : diagnostic.getSource().toUri().getPath().substring(1);
    }
}
