package dev.millrace.processor;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.annotation.processing.Processor;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.eclipse.jdt.internal.compiler.tool.EclipseCompiler;

/** The compilers that every test of the processor runs on: the JDK's own, whichever JDK that is, and the one of Eclipse. */
enum CompilerUnderTest {
    JAVAC(List.of("-Xlint:all,-processing,-auxiliaryclass")) {
        @Override
        JavaCompiler tool() {
            return ToolProvider.getSystemJavaCompiler();
        }

        /** javac indents all lines but the first by two more. */
        @Override
        String message(Diagnostic<?> diagnostic) {
            return diagnostic.getMessage(Locale.ENGLISH).replaceAll("\n {4,}", "\n    ");
        }
    },

    /** It warns about more than javac does; of its warnings only ours are kept. */
    ECLIPSE(List.of("-proceedOnError")) {
        @Override
        JavaCompiler tool() {
            return new EclipseCompiler();
        }

        @Override
        String message(Diagnostic<?> diagnostic) {
            return diagnostic.getMessage(Locale.ENGLISH);
        }

        @Override
        boolean keeps(Diagnostic<?> diagnostic) {
            return diagnostic.getKind() == Diagnostic.Kind.ERROR
                    || message(diagnostic).startsWith(Found.OURS);
        }

        /**
         * For a class javac points at the word {@code class}, Eclipse at the name; for a member of an annotation javac points
         * at the value, Eclipse at {@code name = value}.
         */
        @Override
        int column(String line, int javac) {
            var type = KEYWORD.matcher(line).region(javac, line.length());
            if (type.lookingAt()) {
                return type.end();
            }
            var member = MEMBER.matcher(line).region(0, javac);
            return member.find() ? member.start() : javac;
        }
    };

    private static final Pattern KEYWORD = Pattern.compile("(class|interface|record|enum|@interface) ");
    private static final Pattern MEMBER = Pattern.compile("\\w+ = (\\{[^{}]*)?[\\w.]*(/\\*>\\*/)?$");

    private final List<String> options;

    CompilerUnderTest(List<String> options) {
        this.options = options;
    }

    abstract JavaCompiler tool();

    abstract String message(Diagnostic<?> diagnostic);

    boolean keeps(Diagnostic<?> diagnostic) {
        return diagnostic.getKind() != Diagnostic.Kind.NOTE;
    }

    /**
     * Where the compiler points, on a line where javac points at a column; both from 0. The places are the same but for two
     * kinds of them, where the standard API leaves the choice to the compiler.
     */
    int column(String line, int javac) {
        return javac;
    }

    /**
     * What one compiler made of some sources.
     *
     * @param success whether it says that all is well
     * @param found errors and warnings, by their place
     * @param output where classes, sources and resources were written
     */
    record Outcome(boolean success, List<Found> found, Path output) {}

    /**
     * An error or warning.
     *
     * @param kind {@code error} or {@code warning}
     * @param line from 1
     * @param column from 1
     */
    record Found(String kind, String file, long line, long column, String message) {
        boolean isOurs() {
            return message.startsWith(OURS);
        }

        static final String OURS = "[Millrace/";

        static final Comparator<Found> BY_PLACE =
                Comparator.comparing(Found::file).thenComparingLong(Found::line).thenComparingLong(Found::column);

        Found says(String message) {
            return new Found(kind, file, line, column, message);
        }

        @Override
        public String toString() {
            return file + ":" + line + ":" + column + " " + message;
        }
    }

    Outcome compile(List<Compilation.Source> sources, List<Processor> processors, String classPath, List<String> more) {
        var diagnostics = new DiagnosticCollector<JavaFileObject>();
        try {
            var folder = Files.createTempDirectory("compilation");
            var output = Files.createDirectories(folder.resolve("output"));
            // Eclipse's compiler wants files that are on a disk.
            var paths = new ArrayList<Path>();
            for (var source : sources) {
                var path = folder.resolve("source").resolve(source.path());
                Files.createDirectories(path.getParent());
                paths.add(Files.writeString(path, source.text()));
            }
            var all = new ArrayList<>(List.of(
                    "-d", output.toString(), "-s", output.toString(), "--release", "17", "-classpath", classPath));
            all.addAll(options);
            all.addAll(more);
            var tool = tool();
            try (var files = tool.getStandardFileManager(diagnostics, Locale.ENGLISH, StandardCharsets.UTF_8)) {
                var task = tool.getTask(
                        new StringWriter(), files, diagnostics, all, null, files.getJavaFileObjectsFromPaths(paths));
                task.setProcessors(processors);
                return new Outcome(task.call(), found(diagnostics.getDiagnostics(), folder.resolve("source")), output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Found> found(List<Diagnostic<? extends JavaFileObject>> diagnostics, Path sources) {
        return diagnostics.stream()
                .filter(this::keeps)
                .map(diagnostic -> new Found(
                        diagnostic.getKind() == Diagnostic.Kind.ERROR ? "error" : "warning",
                        fileName(diagnostic, sources),
                        diagnostic.getLineNumber(),
                        diagnostic.getColumnNumber(),
                        message(diagnostic)))
                .sorted(Found.BY_PLACE)
                .toList();
    }

    private static String fileName(Diagnostic<? extends JavaFileObject> diagnostic, Path sources) {
        if (diagnostic.getSource() == null) {
            return "";
        }
        var file = Path.of(diagnostic.getSource().toUri());
        return file.startsWith(sources) ? sources.relativize(file).toString() : file.toString();
    }
}
