package dev.millrace.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path directory;

    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    private final Children children = new Children(notes::add);

    @AfterEach
    void stop() {
        children.close();
    }

    @Test
    void theLastOneStartedIsStoppedFirst() throws Exception {
        var ends = directory.resolve("ends");
        for (var name : List.of("server", "worker")) {
            var child = shell(
                    name,
                    "trap 'echo " + name + " >> \"" + ends + "\"; exit 0' TERM; echo up; "
                            + "while :; do sleep 0.1; done");
            children.add(child, SOON);
            await().atMost(SOON).until(() -> child.hasSaid("up"));
        }

        children.close();

        assertThat(Files.readAllLines(ends)).containsExactly("worker", "server");
        assertThat(notes).containsExactly("Stopping the worker.", "Stopping the server.");
    }

    @Test
    void whoDoesNotListenIsEndedByForce() {
        var deaf = shell("deaf worker", "trap '' TERM; echo up; while :; do sleep 0.1; done");
        children.add(deaf, SHORT);
        await().atMost(SOON).until(() -> deaf.hasSaid("up"));

        children.close();

        assertThat(deaf.isAlive()).isFalse();
        assertThat(notes)
                .containsExactly(
                        "Stopping the deaf worker.", "The deaf worker did not end within 0 s and was ended by force.");
    }

    @Test
    void whoComesAfterTheEndHasBegunIsStoppedToo() {
        children.close();

        var late = children.add(shell("late", "while :; do sleep 0.1; done"), SOON);

        assertThat(late.isAlive()).isFalse();
    }

    @Test
    void aChildDoesNotHearCtrlC() throws Exception {
        var child = shell("child", "echo up; while :; do sleep 0.1; done");
        children.add(child, SOON);
        await().atMost(SOON).until(() -> child.hasSaid("up"));

        new ProcessBuilder("kill", "-INT", String.valueOf(child.handle().pid()))
                .start()
                .waitFor();

        assertThat(child.awaitEnd(SHORT)).isFalse();
    }

    @Test
    void anObituaryHasTheEndOfTheLog() throws Exception {
        var child = shell("server", "for i in $(seq 1 40); do echo line $i; done; exit 3");
        assertThat(child.awaitEnd(SOON)).isTrue();

        assertThat(child.obituary())
                .contains("The server (process " + child.handle().pid() + ") ended with exit code 3.")
                .contains(child.log().toString())
                .contains("  | line 40")
                .contains("  | line 26")
                .doesNotContain("  | line 25");
    }

    @Test
    void theLogOfTheTimeBeforeIsKept() throws Exception {
        shell("server", "echo first").awaitEnd(SOON);
        var second = shell("server", "echo second");
        second.awaitEnd(SOON);

        assertThat(second.log()).hasContent("second");
        assertThat(second.log().resolveSibling("server.log.old")).hasContent("first");
    }

    @Test
    void aProgramThatIsNotThereIsTold() throws Exception {
        var child = ChildProcess.start(
                "server", List.of("/nowhere/java"), environment -> {}, directory.resolve("a log.log"));
        assertThat(child.awaitEnd(SOON)).isTrue();

        assertThat(child.obituary()).contains("exit code 127").contains("/nowhere/java");
    }

    private ChildProcess shell(String name, String script) {
        return ChildProcess.start(
                name,
                List.of("/bin/sh", "-c", script),
                environment -> {},
                directory.resolve("log files").resolve(name + ".log"));
    }
}
