package dev.millrace.processor.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What users get: their workflow compiled by Maven and by Gradle, with its manifest in the jar. */
@Tag("system")
class ConsumerIT {

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        // Beside the build's other files and kept, so that the logs can be read when a test has failed.
        folder = Files.createDirectories(
                Path.of("target", "consumers", UUID.randomUUID().toString()).toAbsolutePath());
    }

    @Test
    void mavenPutsTheManifestIntoTheJar() throws Exception {
        var maven = ConsumerProject.tool("mvn", "install Maven 3.8 or newer.");
        var project =
                ConsumerProject.in(folder, "pom.xml", """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>com.acme</groupId>
                  <artifactId>orders</artifactId>
                  <version>1</version>
                  <properties>
                    <maven.compiler.release>17</maven.compiler.release>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  <dependencies>
                    <dependency>
                      <groupId>dev.millrace</groupId>
                      <artifactId>millrace-sdk-runtime</artifactId>
                      <version>@version@</version>
                    </dependency>
                  </dependencies>
                  <build>
                    <plugins>
                      <plugin>
                        <groupId>org.apache.maven.plugins</groupId>
                        <artifactId>maven-compiler-plugin</artifactId>
                        <version>%s</version>
                        <configuration>
                          <annotationProcessorPaths>
                            <path>
                              <groupId>dev.millrace</groupId>
                              <artifactId>millrace-sdk-processor</artifactId>
                              <version>@version@</version>
                            </path>
                          </annotationProcessorPaths>
                        </configuration>
                      </plugin>
                    </plugins>
                  </build>
                </project>
                """.formatted(System.getProperty("millrace.compiler.plugin")));

        project.run(
                Map.of(),
                maven.toString(),
                "-B",
                "-nsu",
                "-Dmaven.repo.local=" + project.file("repository"),
                "org.apache.maven.plugins:maven-compiler-plugin:compile",
                "org.apache.maven.plugins:maven-jar-plugin:" + System.getProperty("millrace.jar.plugin") + ":jar");

        assertHasTheManifest(project.file("target/orders-1.jar"));
    }

    /** Gradle 4.4 knows no configuration for processors yet, so the path is given by hand. */
    @Test
    void gradlePutsTheManifestIntoTheJar() throws Exception {
        var gradle = ConsumerProject.tool("gradle", "install the Debian package gradle.");
        var project = ConsumerProject.in(folder, "build.gradle", """
                apply plugin: 'java'
                repositories { maven { url 'file:@repository@' } }
                configurations { processor }
                dependencies {
                    ['sdk-annotations', 'sdk-runtime', 'sdk-wire', 'sdk-rest', 'manifest'].each { name ->
                        compile("dev.millrace:millrace-$name:@version@") { transitive = false }
                    }
                    processor('dev.millrace:millrace-sdk-processor:@version@') { transitive = false }
                }
                compileJava.options.annotationProcessorPath = configurations.processor
                // Newer than it knows; the last one counts.
                compileJava.options.compilerArgs += ['-source', '17', '-target', '17']
                """);

        project.run(
                Map.of("GRADLE_USER_HOME", project.file("gradle").toString()),
                gradle.toString(),
                "--offline",
                "--no-daemon",
                "jar");

        assertHasTheManifest(project.file("build/libs/" + folder.getFileName() + ".jar"));
    }

    /** The second of the causes that a worker names when a binding is missing. */
    @Test
    void aJdkOf23OrNewerRunsNoProcessorThatIsOnTheClassPathOnly() throws Exception {
        var javac = ConsumerProject.newerJavac();
        var project = ConsumerProject.in(folder, "README", "");

        compile(project, javac, "silent", "-proc:none");
        compile(project, javac, "default");
        compile(project, javac, "full", "-proc:full");

        var binding = "com/acme/orders/OrderFulfilmentBinding.class";
        assertThat(project.file("silent").resolve(binding)).doesNotExist();
        assertThat(project.file("default").resolve(binding)).doesNotExist();
        assertThat(project.file("full").resolve(binding)).exists();
    }

    private static void compile(ConsumerProject project, Path javac, String to, String... options) throws Exception {
        var command = new ArrayList<>(
                List.of(javac.toString(), "-d", project.file(to).toString(), "-cp", project.classPath()));
        command.addAll(List.of(options));
        command.addAll(project.sources());
        project.run(Map.of(), command.toArray(String[]::new));
    }

    private static void assertHasTheManifest(Path jar) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            assertThat(zip.stream().map(entry -> entry.getName()))
                    .contains(
                            "com/acme/orders/OrderFulfilment.class",
                            "com/acme/orders/OrderFulfilmentBinding.class",
                            "com/acme/orders/OrderFulfilmentClient.class");
            var entry = zip.getEntry("META-INF/millrace/com.acme.orders.OrderFulfilment.json");
            assertThat(entry).as("the manifest in %s", jar).isNotNull();
            assertThat(new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(ConsumerProject.manifest());
        }
    }
}
