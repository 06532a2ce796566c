package dev.millrace.bench.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void aChildAnswersLineByLine() {
        try (var child = start(Map.of("GREETING", "hello"))) {
            child.tell("greet");
            assertThat(child.answer(DEADLINE)).isEqualTo("hello");
            child.tell("pid");
            assertThat(child.answer(DEADLINE)).isEqualTo(Long.toString(child.pid()));
        }
    }

    @Test
    void aChildEndsWithItsInput() {
        var child = start(Map.of());
        var process = ProcessHandle.of(child.pid()).orElseThrow();

        child.close();

        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void aChildThatFailsIsToldWithTheEndOfItsLog() {
        try (var child = start(Map.of())) {
            child.tell("fail");
            assertThatThrownBy(() -> child.answer(DEADLINE))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining("The echo process ended")
                    .hasMessageContaining("this child was told to fail");
        }
    }

    @Test
    void silenceHasADeadline() {
        try (var child = start(Map.of())) {
            assertThatThrownBy(() -> child.answer(Duration.ofMillis(50)))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining("said nothing for 0 s");
        }
    }

    @Test
    void aProgramThatIsNotThereIsTold() {
        assertThatThrownBy(() -> Child.start(
                        "ghost", List.of(directory.resolve("no-such-program").toString()), Map.of(), log()))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("The ghost process could not be started");
    }

    private Child start(Map<String, String> environment) {
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Echo.class.getName());
        return Child.start("echo", command, environment, log());
    }

    private Path log() {
        return directory.resolve("echo.log");
    }

    /** The other side. */
    static final class Echo {
        public static void main(String[] words) throws IOException {
            var input = new BufferedReader(new InputStreamReader(System.in));
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                switch (line) {
                    case "greet" -> {
                        System.out.println("the machine has something to say of its own");
                        Child.say(System.getenv("GREETING"));
                    }
                    case "pid" ->
                        Child.say(Long.toString(ProcessHandle.current().pid()));
                    default -> throw new IllegalStateException("this child was told to " + line);
                }
            }
        }
    }
}
