package dev.millrace.bench.trials;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcLogTest {
    @TempDir
    private Path directory;

    @Test
    void theHeapBeforeAndAfterEachPauseIsRead() throws Exception {
        var log = new GcLog(directory.resolve("gc.log"));
        Files.writeString(log.file(), """
                [0.012s][info][gc] Using G1
                [1.500s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 25M->5M(512M) 3.206ms
                [2.250s][info][gc] GC(1) Concurrent Mark Cycle
                [2.260s][info][gc] GC(1) Pause Remark 210M->190M(512M) 1.206ms
                [3.000s][info][gc] GC(3) Pause Young (Mixed) (G1 Evacuation Pause) 190M->90M(512M) 9.001ms
                [3.100s][info][gc] GC(4) Pause Young (Mixed) (G1 Evacuation Pause) 95M->60M(512M) 9.001ms
                [4.000s][info][gc] GC(5) Pause Young (Normal) (G1 Evacuation Pause) 99M->80M(512M) 9.001ms
                [9.000s][info][gc] GC(2) Pause Full (G1 Compaction Pause) 500M->40M(512M) 80.001ms
                """);

        assertThat(log.collections())
                .containsExactly(
                        new GcLog.Collection(1.5, 25, 5, false, false),
                        new GcLog.Collection(2.26, 210, 190, false, false),
                        new GcLog.Collection(3.0, 190, 90, true, false),
                        new GcLog.Collection(3.1, 95, 60, true, false),
                        new GcLog.Collection(4.0, 99, 80, false, false),
                        new GcLog.Collection(9.0, 500, 40, true, true));
        assertThat(log.full()).containsExactly(40);
        assertThat(log.troughs()).containsExactly(60, 40);
        assertThat(log.max()).isEqualTo(500);
        assertThat(log.maxAfter()).isEqualTo(190);
    }

    @Test
    void theVirtualMachineOfThisTestWritesWhatIsRead() throws Exception {
        var log = new GcLog(directory.resolve("own.log"));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        var process = new ProcessBuilder(java, log.option(), "-Xmx64m", "-XX:+UseG1GC", Allocates.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out.log").toFile());
        process.environment().put("CLASSPATH", System.getProperty("java.class.path"));

        assertThat(process.start().waitFor()).isZero();
        assertThat(log.collections()).isNotEmpty();
        assertThat(log.max()).isBetween(1, 64);
    }

    /** Fills its heap many times over. */
    static final class Allocates {
        private static volatile byte[] kept = new byte[0];

        public static void main(String[] words) {
            for (int i = 0; i < 2_000; i++) {
                kept = new byte[1 << 17];
            }
            if (kept.length == 0) {
                throw new IllegalStateException("Nothing was allocated.");
            }
        }
    }
}
