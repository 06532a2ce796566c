package dev.millrace.bench.processes;

import dev.millrace.bench.figures.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/** The machine that a benchmark ran on, with two yardsticks by which results of different machines can be compared. */
public final class Machine {
    private static final int ROUNDS = 5;

    private Machine() {}

    /** What the machine is. */
    public static Json facts(Path directory) {
        var facts = new Json()
                .put("cpus", Runtime.getRuntime().availableProcessors())
                .put("cpuModel", cpuModel().orElse("unknown"))
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("java", System.getProperty("java.vm.name") + " " + Runtime.version())
                .put("calibrationMillis", calibrationMillis());
        return facts.put("fsyncMicros", fsyncMicros(directory));
    }

    private static Optional<String> cpuModel() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Wall time of a fixed piece of integer arithmetic on one thread, the best of some rounds: longer on a slower machine,
     * and on this one while others use it.
     */
    private static double calibrationMillis() {
        var best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            var begin = System.nanoTime();
            long state = 88172645463325252L;
            for (int i = 0; i < 50_000_000; i++) {
                state ^= state << 13;
                state ^= state >>> 7;
                state ^= state << 17;
            }
            // Zero is not reachable from the seed; asking keeps the loop from being optimised away.
            best = state == 0 ? 0 : Math.min(best, System.nanoTime() - begin);
        }
        return best / 1e6;
    }

    /** Median time to write 4 kB at the end of a file and have it on the disk, in microseconds. */
    private static Optional<Double> fsyncMicros(Path directory) {
        try {
            var file = Files.createTempFile(directory, "fsync", ".bin");
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                var times = new long[200];
                for (int i = 0; i < times.length; i++) {
                    var begin = System.nanoTime();
                    channel.write(ByteBuffer.allocate(4096));
                    channel.force(false);
                    times[i] = System.nanoTime() - begin;
                }
                Arrays.sort(times);
                return Optional.of(times[times.length / 2] / 1e3);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
