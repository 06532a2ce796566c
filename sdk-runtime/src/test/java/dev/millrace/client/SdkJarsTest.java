package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

/**
 * What an application takes on with the SDK. Every jar here can clash with one of the application's own, so a new one is a
 * decision: add it to the list only if nothing smaller does.
 */
class SdkJarsTest {
    private static final long MOST_BYTES = 12_500_000;

    private final List<Path> jars = runtimeClassPath();

    @Test
    void theJarsAreTheRecordedOnes() {
        assertThat(jars.stream().map(SdkJarsTest::artifact))
                .containsExactlyInAnyOrder(
                        // ours
                        "millrace-manifest",
                        "millrace-sdk-annotations",
                        "millrace-sdk-rest",
                        "millrace-sdk-wire",
                        // gRPC over OkHttp's transport; protobuf is inside sdk-wire under another name
                        "grpc-api",
                        "grpc-context",
                        "grpc-core",
                        "grpc-okhttp",
                        "grpc-stub",
                        "grpc-util",
                        "guava",
                        "failureaccess",
                        "listenablefuture",
                        "gson",
                        "perfmark-api",
                        // annotations of gRPC and Guava, without code
                        "android/annotations",
                        "animal-sniffer-annotations",
                        "error_prone_annotations",
                        "j2objc-annotations",
                        "jspecify",
                        "jsr305",
                        // REST
                        "okhttp-jvm",
                        "okio-jvm",
                        "kotlin-stdlib",
                        "jetbrains/annotations",
                        // JSON
                        "jackson-annotations",
                        "jackson-core",
                        "jackson-databind",
                        "jackson-datatype-jdk8",
                        "jackson-datatype-jsr310",
                        // circuit breakers
                        "resilience4j-circuitbreaker",
                        "resilience4j-core",
                        // logging
                        "slf4j-api");
    }

    @Test
    void togetherTheyStaySmall() {
        assertThat(jars.stream().mapToLong(SdkJarsTest::size).sum()).isBetween(1_000_000L, MOST_BYTES);
    }

    @Test
    void nothingOfTheServerOrTheCompilerIsAmongThem() {
        assertThat(jars.stream().map(Path::toString))
                .noneMatch(jar -> jar.contains("protobuf-java")
                        || jar.contains("netty")
                        || jar.contains("cel")
                        || jar.contains("javapoet")
                        || jar.contains("micronaut")
                        || jar.contains("millrace-engine"));
    }

    private static List<Path> runtimeClassPath() {
        try {
            var text = Files.readString(Path.of("target", "runtime-classpath.txt"));
            return Arrays.stream(text.strip().split("\\|")).map(Path::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The build lists the SDK's jars before its tests.", e);
        }
    }

    /** {@code .../artifact/version/artifact-version.jar}, or a module of this build: {@code .../module/target/...}. */
    private static String artifact(Path jar) {
        var text = jar.toString().replace('\\', '/');
        if (text.contains("/target/")) {
            var module = text.substring(0, text.indexOf("/target/"));
            return "millrace-" + module.substring(module.lastIndexOf('/') + 1);
        }
        var artifact = jar.getParent().getParent();
        // Two different jars are called just "annotations".
        return artifact.endsWith("annotations")
                ? artifact.getParent().getFileName() + "/annotations"
                : artifact.getFileName().toString();
    }

    /** A module that is not packaged yet counts as the jar that it will be. */
    private static long size(Path jarOrClasses) {
        try (var files = Files.walk(jarOrClasses)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.equals(jarOrClasses) ? file.toFile().length() : deflated(file))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long deflated(Path file) {
        var bytes = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(bytes)) {
            Files.copy(file, deflater);
            deflater.finish();
            return bytes.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
