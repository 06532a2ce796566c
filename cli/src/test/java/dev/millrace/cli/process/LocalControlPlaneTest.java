package dev.millrace.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CommandLineRun;
import dev.millrace.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalControlPlaneTest {
    @TempDir
    private Path directory;

    @Test
    void aControlPlaneThatDoesNotStartIsToldWithTheEndOfItsLog() throws IOException {
        var project = Files.createDirectories(directory.resolve("my project"));
        installBrokenServer(project);

        var run = CommandLineRun.of(project, Map.of(), "dev", "--port", "0", "--grpc-port", "0");

        assertThat(run.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("The control plane (process ")
                .contains("ended with exit code 78")
                .contains(project.resolve(".millrace/logs/control-plane.log").toString())
                .contains("  | The settings are wrong: " + project.resolve(".millrace"));
        assertThat(project.resolve(".millrace/processes")).isEmptyFile();
    }

    @Test
    void secretsStayOffTheCommandLine() {
        var settings = new ServerSettings(directory, 0, 7701, true, Optional.of("jdbc:postgresql://db:5432/millrace"));

        assertThat(settings.command(Path.of("server.jar"), List.of("-Xmx1g")))
                .containsExactly(
                        Jvm.executable(),
                        "-Xmx1g",
                        "-Dmillrace.data-dir=" + directory,
                        "-Dmillrace.http.port=0",
                        "-Dmillrace.grpc.port=7701",
                        "-Dmillrace.memory=true",
                        "-Dmillrace.database.url=jdbc:postgresql://db:5432/millrace",
                        "-jar",
                        "server.jar");
    }

    private static void installBrokenServer(Path home) throws IOException {
        var jar = home.resolve("control-plane/target/millrace-control-plane.jar");
        Files.createDirectories(jar.getParent());
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, BrokenServer.class.getName());
        var name = BrokenServer.class.getName().replace('.', '/') + ".class";
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                var code = BrokenServer.class.getClassLoader().getResourceAsStream(name)) {
            out.putNextEntry(new JarEntry(name));
            code.transferTo(out);
            out.closeEntry();
        }
    }
}
