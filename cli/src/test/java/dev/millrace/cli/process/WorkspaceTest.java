package dev.millrace.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cli.CliException;
import dev.millrace.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final List<String> notes = new ArrayList<>();

    @Test
    void theProjectIsTheNearestDirectoryUpwardsThatHasOne() throws IOException {
        var project = Files.createDirectories(directory.resolve("my project"));
        var inside = Files.createDirectories(project.resolve("src/main"));

        assertThat(Workspace.projectDirectory(inside)).isEqualTo(inside.resolve(".millrace"));

        Files.createDirectories(project.resolve(".millrace"));
        assertThat(Workspace.projectDirectory(inside)).isEqualTo(project.resolve(".millrace"));
    }

    @Test
    void oneCommandAtATimeWorksInADirectory() {
        var data = directory.resolve("some data");
        try (var first = Workspace.open(data, notes::add)) {
            assertThat(first.directory()).isEqualTo(data);
            assertThatThrownBy(() -> Workspace.open(data, notes::add))
                    .isInstanceOf(CliException.class)
                    .hasMessageContaining("Another millrace command is using " + data)
                    .hasMessageContaining("--data-dir")
                    .extracting(problem -> ((CliException) problem).exitCode())
                    .isEqualTo(ExitCode.CONFLICT);
        }

        Workspace.open(data, notes::add).close();
    }

    @Test
    void whatAKilledCommandLeftBehindIsEnded() throws Exception {
        var orphan = ChildProcess.start(
                "orphan",
                List.of("/bin/sh", "-c", "while :; do sleep 0.1; done"),
                environment -> {},
                directory.resolve("log"));
        Workspace.open(directory, notes::add).remember(orphan.handle());
        var left = Files.readString(directory.resolve("processes"));
        var elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("processes"), left);

        try (var next = Workspace.open(elsewhere, notes::add)) {
            assertThat(orphan.awaitEnd(SOON)).isTrue();
            assertThat(notes)
                    .singleElement()
                    .asString()
                    .contains("Process " + orphan.handle().pid());
            assertThat(next.directory().resolve("processes")).isEmptyFile();
        }
    }

    @Test
    void anotherProcessWithTheSameNumberIsLeftAlone() throws Exception {
        var other = ChildProcess.start(
                "other",
                List.of("/bin/sh", "-c", "while :; do sleep 0.1; done"),
                environment -> {},
                directory.resolve("log"));
        try {
            Files.writeString(
                    directory.resolve("processes"), other.handle().pid() + " 2001-01-01T00:00:00Z\nnonsense\n");

            Workspace.open(directory, notes::add).close();

            assertThat(other.isAlive()).isTrue();
            assertThat(notes).isEmpty();
        } finally {
            other.stop(SOON);
        }
    }

    @Test
    void aDirectoryThatCannotBeUsedIsTold() throws IOException {
        var file = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> Workspace.open(file.resolve("data"), notes::add))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("cannot be used");
    }

    @Test
    void halfAServerFileIsNone() throws IOException {
        assertThat(ServerFiles.in(directory)).isEmpty();
        Files.writeString(directory.resolve("token"), "mr_test\n");
        Files.writeString(directory.resolve("server.json"), "{\"http\":\"http://127.0.0.1:80");
        assertThat(ServerFiles.in(directory)).isEmpty();
        Files.writeString(
                directory.resolve("server.json"),
                "{\"http\":\"http://127.0.0.1:8080\",\"grpc\":\"127.0.0.1:8081\",\"pid\":999999999}");

        var files = ServerFiles.in(directory).orElseThrow();

        assertThat(files.http()).hasToString("http://127.0.0.1:8080");
        assertThat(files.grpc()).isEqualTo("127.0.0.1:8081");
        assertThat(files.token()).isEqualTo("mr_test");
        assertThat(files.isAlive()).isFalse();
    }

    @Test
    void aMissingProgramIsTold() {
        assertThatThrownBy(() -> new Installation(directory).server())
                .isInstanceOf(CliException.class)
                .hasMessageContaining("millrace-control-plane.jar is missing")
                .hasMessageContaining("mvn -DskipTests package");
    }
}
