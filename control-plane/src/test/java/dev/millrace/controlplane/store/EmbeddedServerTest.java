package dev.millrace.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.controlplane.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServerTest {
    private static final Settings.Database SETTINGS = Settings.DEFAULT.database();

    @TempDir
    Path directory;

    @Test
    void itKeepsItsDataBetweenStartsAndIsDurable() throws SQLException {
        try (var server = EmbeddedServer.start(directory, SETTINGS, true)) {
            execute(server, "CREATE TABLE kept (n int)");
            execute(server, "INSERT INTO kept VALUES (42)");
            assertThat(value(server, "SELECT current_setting('fsync')")).isEqualTo("on");
            assertThat(value(server, "SELECT current_setting('synchronous_commit')"))
                    .isEqualTo("on");
            assertThat(value(server, "SELECT current_setting('full_page_writes')"))
                    .isEqualTo("on");
            assertThat(value(server, "SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user"))
                    .isEqualTo("false");
        }
        try (var server = EmbeddedServer.start(directory, SETTINGS, true)) {
            assertThat(value(server, "SELECT n FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void nobodyGetsInWithoutThePassword() {
        try (var server = EmbeddedServer.start(directory, SETTINGS, false)) {
            for (var user : List.of("postgres", SETTINGS.user())) {
                var stranger = new Address(server.address(SETTINGS.user()).url(), user, new Settings.Secret("guessed"));
                assertThatThrownBy(() -> stranger.plain().getConnection().close())
                        .hasMessageContaining("password authentication failed");
            }
        }
    }

    @Test
    void aDirectoryThatAnotherOneUsesIsRefused() {
        try (var server = EmbeddedServer.start(directory, SETTINGS, false)) {
            assertThatThrownBy(() -> EmbeddedServer.start(directory, SETTINGS, false))
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .hasMessageContaining("Another control plane uses the data directory " + directory);
            assertThat(server.address("x").url()).contains("127.0.0.1");
        }
    }

    @Test
    void oneThatAKilledProcessLeftBehindIsTakenOverAndStoppedInTheEnd() throws Exception {
        leaveOneBehind();
        var pid = postmaster();
        try (var server = EmbeddedServer.start(directory, SETTINGS, true)) {
            assertThat(value(server, "SELECT n FROM kept")).isEqualTo("42");
            assertThat(postmaster()).as("the same process").isEqualTo(pid);
        }
        assertThat(directory.resolve("postgres").resolve("postmaster.pid")).doesNotExist();
    }

    @Test
    void oneThatWasLeftBehindWithOtherSettingsIsStartedAnew() throws Exception {
        leaveOneBehind();
        var pid = postmaster();
        var others = new Settings.Database(
                SETTINGS.url(),
                SETTINGS.user(),
                SETTINGS.password(),
                SETTINGS.reachWithin(),
                SETTINGS.connections() + 1,
                SETTINGS.binaries(),
                SETTINGS.sharedBuffers());
        try (var server = EmbeddedServer.start(directory, others, true)) {
            assertThat(value(server, "SELECT n FROM kept")).isEqualTo("42");
            assertThat(postmaster()).isNotEqualTo(pid);
            assertThat(value(server, "SELECT current_setting('max_connections')"))
                    .isEqualTo(Integer.toString(others.connections() + 40));
        }
    }

    @Test
    void aFileThatNamesNoServerAnyMoreDoesNotKeepItFromStarting() throws Exception {
        try (var server = EmbeddedServer.start(directory, SETTINGS, true)) {
            execute(server, "CREATE TABLE kept AS SELECT 42 AS n");
        }
        Files.writeString(
                directory.resolve("postgres").resolve("postmaster.pid"),
                "999999999\n" + directory.resolve("postgres") + "\n1\n1\n\n127.0.0.1\n");
        try (var server = EmbeddedServer.start(directory, SETTINGS, true)) {
            assertThat(value(server, "SELECT n FROM kept")).isEqualTo("42");
        }
    }

    private long postmaster() throws IOException {
        return Long.parseLong(Files.readAllLines(directory.resolve("postgres").resolve("postmaster.pid"))
                .get(0)
                .strip());
    }

    private void leaveOneBehind() throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeavesOneBehind.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> Files.exists(directory.resolve("ready")) || !process.isAlive());
            assertThat(directory.resolve("ready")).as(output()).exists();
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(directory.resolve("postgres").resolve("postmaster.pid")).exists();
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }

    /** A process that starts a server and waits to be killed. */
    static final class LeavesOneBehind {
        private LeavesOneBehind() {}

        public static void main(String[] arguments) throws Exception {
            var directory = Path.of(arguments[0]);
            var server = EmbeddedServer.start(directory, SETTINGS, true);
            execute(server, "CREATE TABLE kept AS SELECT 42 AS n");
            Files.createFile(directory.resolve("ready"));
            Thread.currentThread().join();
        }
    }

    private static void execute(EmbeddedServer server, String sql) throws SQLException {
        try (var connection = server.address(SETTINGS.user()).plain().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(EmbeddedServer server, String sql) throws SQLException {
        try (var connection = server.address(SETTINGS.user()).plain().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
