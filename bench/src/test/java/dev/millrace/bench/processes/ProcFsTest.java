package dev.millrace.bench.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFsTest {
    @TempDir
    Path root;

    @Test
    void aProcessHasItsUserAndItsSystemTime() throws IOException {
        process(42, "java", 1, 150, 50, 0);

        assertThat(new ProcFs(root).seconds(42)).isEqualTo(2.0);
    }

    @Test
    void aNameWithBracketsAndSpacesDoesNotShiftTheFields() throws IOException {
        process(42, "postgres: walwriter) (x", 1, 100, 100, 0);

        assertThat(new ProcFs(root).seconds(42)).isEqualTo(2.0);
    }

    @Test
    void theChildrenOfAProcessCountWhetherAliveOrEnded() throws IOException {
        process(10, "postgres", 1, 100, 100, 300);
        process(11, "postgres: writer", 10, 20, 30, 0);
        process(12, "postgres: backend", 10, 40, 10, 0);
        process(13, "java", 1, 5_000, 5_000, 0);
        Files.createDirectory(root.resolve("sys"));

        assertThat(new ProcFs(root).secondsWithChildren(10)).isEqualTo(6.0);
    }

    @Test
    void theMachineIsBusyWithEverythingButIdlingAndWaiting() throws IOException {
        Files.writeString(root.resolve("stat"), "cpu  100 20 30 9999 8888 1 2 47 0 0\ncpu0 1 1 1 1\n");

        assertThat(new ProcFs(root).busySecondsOfMachine()).isEqualTo(2.0);
    }

    @Test
    void thisProcessUsesMoreTheMoreItWorks() throws IOException {
        var proc = ProcFs.ofThisMachine();
        assumeThat(proc.available()).isTrue();
        var pid = ProcessHandle.current().pid();
        var before = proc.seconds(pid);

        var deadline = System.nanoTime() + 30_000_000_000L;
        while (proc.seconds(pid) < before + 0.05 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }

        assertThat(proc.seconds(pid)).isGreaterThanOrEqualTo(before + 0.05);
        assertThat(proc.secondsWithChildren(pid)).isGreaterThanOrEqualTo(proc.seconds(pid) - 0.05);
        assertThat(proc.busySecondsOfMachine()).isPositive();
    }

    private void process(long pid, String name, long parent, long user, long system, long endedChildren)
            throws IOException {
        Files.createDirectories(root.resolve(Long.toString(pid)));
        Files.writeString(
                root.resolve(pid + "/stat"),
                pid + " (" + name + ") S " + parent + " 1 1 0 -1 4194304 1 2 3 4 " + user + " " + system + " "
                        + endedChildren + " 0 20 0 1 0 12345 1000 100\n");
    }
}
