package dev.millrace.processor.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A folder with the sources of a workflow, a build file, and a repository to build it from. */
final class ConsumerProject {
    private static final String VERSION = "0.1.0-SNAPSHOT";
    private static final Path GOLDEN = Path.of("src/test/resources/golden/order-fulfilment");

    /** Our modules that a user's build asks for, by folder. */
    private static final List<String> MODULES =
            List.of("sdk-annotations", "manifest", "sdk-wire", "sdk-rest", "sdk-runtime", "sdk-processor");

    private final Path folder;

    private ConsumerProject(Path folder) {
        this.folder = folder;
    }

    /** Makes a project; {@code @repository@} and {@code @version@} in the build file are filled in. */
    static ConsumerProject in(Path folder, String buildFile, String build) throws IOException {
        var project = new ConsumerProject(folder);
        copy(GOLDEN.resolve("source"), folder.resolve("src/main/java"));
        project.repository();
        Files.writeString(
                folder.resolve(buildFile),
                build.replace("@version@", VERSION)
                        .replace("@repository@", folder.resolve("repository").toString()));
        return project;
    }

    /**
     * Where a tool is. Without it the test is skipped, and fails if the build may skip nothing.
     *
     * @param remedy how to get it
     */
    static Path tool(String name, String remedy) {
        Optional<Path> tool = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (tool.isEmpty() && "all".equals(System.getProperty("millrace.require"))) {
            throw new AssertionError("millrace.require=all, but there is no " + name
                    + " on the path, so its test would be left out: " + remedy);
        }
        assumeTrue(tool.isPresent(), () -> "Left out: " + name + " is not on the path; " + remedy);
        return tool.orElseThrow();
    }

    /** The compiler of the newer JDK that the build was given; without one the test is skipped, or fails, as with {@link #tool}. */
    static Path newerJavac() {
        var home = System.getProperty("millrace.newer.jdk", "");
        if (home.isEmpty() && "all".equals(System.getProperty("millrace.require"))) {
            throw new AssertionError("millrace.require=all, but no newer JDK was given: set -Dmillrace.newer.jdk.");
        }
        assumeTrue(!home.isEmpty(), "Left out: no newer JDK was given with -Dmillrace.newer.jdk.");
        return Path.of(home, "bin", "javac");
    }

    /** A class path with our jars, the annotation processor's among them. */
    String classPath() throws IOException {
        try (var jars = Files.walk(folder.resolve("repository/dev/millrace"))) {
            return jars.map(Path::toString)
                    .filter(name -> name.endsWith(".jar"))
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }

    /** Every source of the project. */
    List<String> sources() throws IOException {
        try (var sources = Files.walk(folder.resolve("src/main/java"))) {
            return sources.map(Path::toString)
                    .filter(name -> name.endsWith(".java"))
                    .toList();
        }
    }

    /** Runs a command in the project and waits for its good end, for at most two minutes. */
    void run(Map<String, String> environment, String... command) throws Exception {
        var log = folder.resolve("build.log");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES))
                    .as("%s ended in time:%n%s", List.of(command), Files.readString(log))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as("%s:%n%s", List.of(command), Files.readString(log))
                .isZero();
    }

    Path file(String path) {
        return folder.resolve(path);
    }

    /** What the manifest of the workflow must be. */
    static String manifest() throws IOException {
        return Files.readString(GOLDEN.resolve("expected/META-INF/millrace/com.acme.orders.OrderFulfilment.json"));
    }

    /**
     * A repository with our artifacts as this build made them, and those of others where they are on this machine already.
     * Of ours, nothing is left behind outside.
     */
    private void repository() throws IOException {
        var own = Path.of(System.getProperty("millrace.repository"));
        var repository = Files.createDirectories(folder.resolve("repository"));
        link(own, repository, "dev");
        link(own.resolve("dev"), Files.createDirectories(repository.resolve("dev")), "millrace");
        var ours = Files.createDirectories(repository.resolve("dev/millrace"));
        install(ours, "millrace-parent", Path.of("../pom.xml"), Optional.empty());
        for (var module : MODULES) {
            var name = "millrace-" + module;
            var reduced = Path.of("..", module, "dependency-reduced-pom.xml");
            install(
                    ours,
                    name,
                    Files.exists(reduced) ? reduced : Path.of("..", module, "pom.xml"),
                    Optional.of(Path.of("..", module, "target", name + "-" + VERSION + ".jar")));
        }
    }

    private static void install(Path ours, String name, Path pom, Optional<Path> jar) throws IOException {
        var folder = Files.createDirectories(ours.resolve(name).resolve(VERSION));
        Files.copy(pom, folder.resolve(name + "-" + VERSION + ".pom"));
        if (jar.isPresent()) {
            Files.copy(jar.get(), folder.resolve(name + "-" + VERSION + ".jar"));
        }
    }

    private static void link(Path from, Path to, String without) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (var entries = Files.list(from)) {
            for (var entry : entries.toList()) {
                if (Files.isDirectory(entry) && !entry.endsWith(without)) {
                    Files.createSymbolicLink(to.resolve(entry.getFileName()), entry.toAbsolutePath());
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }
}
