package dev.millrace.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import javax.annotation.processing.Processor;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A compilation pays for the checker of expressions only if there is an expression to check. */
class LoadedClassesTest {
    private static final String PLAIN =
            "@dev.millrace.Workflow class Shop { @dev.millrace.Step Integer length(String text) { return text.length(); } }";
    private static final String WITH_EXPRESSION =
            "@dev.millrace.Workflow class Shop { @dev.millrace.Step @dev.millrace.When(\"size(text) > 3\")"
                    + " Integer length(String text) { return text.length(); } }";

    private static final String WITH_COST =
            "@dev.millrace.Workflow class Shop { @dev.millrace.Step @dev.millrace.RateLimit(value = \"a\", limit = 5, cost = \"3\")"
                    + " Integer length(String text) { return text.length(); } }";

    @TempDir
    Path directory;

    @Test
    void withoutExpressionsNothingOfTheirCheckerIsLoaded() throws Exception {
        assertThat(loadedFor(PLAIN))
                .anyMatch(name -> name.startsWith("dev.millrace.manifest."))
                .noneMatch(LoadedClassesTest::isOfExpressions);
    }

    @Test
    void aCostThatIsANumberIsNoExpression() throws Exception {
        assertThat(loadedFor(WITH_COST)).noneMatch(LoadedClassesTest::isOfExpressions);
    }

    @Test
    void anExpressionLoadsItsChecker() throws Exception {
        assertThat(loadedFor(WITH_EXPRESSION)).anyMatch(LoadedClassesTest::isOfExpressions);
    }

    private static boolean isOfExpressions(String name) {
        return Stream.of("dev.cel.", "com.google.", "org.antlr.").anyMatch(name::startsWith);
    }

    private Set<String> loadedFor(String source) throws Exception {
        var file = Files.writeString(directory.resolve("Shop.java"), source);
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var loader = new Recording();
                var files = compiler.getStandardFileManager(null, null, null)) {
            var processor = (Processor) loader.loadClass("dev.millrace.processor.MillraceProcessor")
                    .getConstructor()
                    .newInstance();
            var options = List.of("-d", directory.toString(), "-cp", System.getProperty("java.class.path"));
            var task = compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(file));
            task.setProcessors(List.of(processor));
            assertThat(task.call()).isTrue();
            assertThat(directory.resolve("META-INF/millrace/Shop.json")).exists();
            return loader.loaded;
        }
    }

    /** Loads the processor anew, and knows what was asked for. */
    private static final class Recording extends URLClassLoader {
        private final Set<String> loaded = new ConcurrentSkipListSet<>();

        Recording() {
            super(
                    Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                            .map(Recording::url)
                            .toArray(URL[]::new),
                    ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            loaded.add(name);
            return super.findClass(name);
        }

        private static URL url(String path) {
            try {
                return Path.of(path).toUri().toURL();
            } catch (MalformedURLException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
