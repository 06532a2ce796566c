package dev.millrace.bench.processes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * CPU time of processes by the kernel's account, as Linux tells it under {@code /proc}. Its grain is 10 ms, so measure
 * over seconds.
 */
public final class ProcFs {
    /** What {@code USER_HZ} is on every Linux platform that Java runs on, whatever the kernel's own tick. */
    private static final double TICKS_PER_SECOND = 100;

    private final Path root;

    public ProcFs(Path root) {
        this.root = root;
    }

    /** The one of this machine. */
    public static ProcFs ofThisMachine() {
        return new ProcFs(Path.of("/proc"));
    }

    /** Whether the machine tells it at all. */
    public boolean available() {
        return Files.isReadable(root.resolve("self/stat")) && Files.isReadable(root.resolve("stat"));
    }

    /** CPU seconds, user and system, that a process used so far, without its children. */
    public double seconds(long pid) throws IOException {
        var stat = Stat.parse(Files.readString(root.resolve(pid + "/stat")));
        return (stat.user + stat.system) / TICKS_PER_SECOND;
    }

    /**
     * CPU seconds that a process and its children used so far, those that have ended included, as far as the process has
     * waited for them.
     */
    public double secondsWithChildren(long pid) throws IOException {
        long ticks = 0;
        for (var stat : all()) {
            if (stat.pid == pid) {
                ticks += stat.user + stat.system + stat.endedChildren;
            } else if (stat.parent == pid) {
                ticks += stat.user + stat.system;
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** CPU seconds, over all processors, that the machine spent on anything at all. */
    public double busySecondsOfMachine() throws IOException {
        for (var line : Files.readAllLines(root.resolve("stat"))) {
            if (line.startsWith("cpu ")) {
                // cpu user nice system idle iowait irq softirq steal guest guest_nice; guest time is in user already.
                var fields = line.trim().split("\\s+");
                long ticks = 0;
                for (int i = 1; i <= 8 && i < fields.length; i++) {
                    if (i != 4 && i != 5) {
                        ticks += Long.parseLong(fields[i]);
                    }
                }
                return ticks / TICKS_PER_SECOND;
            }
        }
        throw new IOException(root.resolve("stat") + " has no line \"cpu\".");
    }

    private List<Stat> all() throws IOException {
        var stats = new ArrayList<Stat>();
        try (var entries = Files.newDirectoryStream(
                root, entry -> isNumber(entry.getFileName().toString()))) {
            for (var entry : entries) {
                try {
                    stats.add(Stat.parse(Files.readString(entry.resolve("stat"))));
                } catch (NoSuchFileException e) {
                    // Ended since the directory was listed.
                } catch (IOException e) {
                    // Reading a process that is just ending says "no such process".
                    if (Files.exists(entry)) {
                        throw e;
                    }
                }
            }
        }
        return stats;
    }

    private static boolean isNumber(String name) {
        return name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private record Stat(long pid, long parent, long user, long system, long endedChildren) {
        /** {@code pid (name) state parent … }: the name may hold spaces and brackets, so count from the last bracket. */
        static Stat parse(String line) {
            var close = line.lastIndexOf(')');
            var fields = line.substring(close + 2).trim().split(" ");
            return new Stat(
                    Long.parseLong(line.substring(0, line.indexOf(' '))),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[11]),
                    Long.parseLong(fields[12]),
                    Long.parseLong(fields[13]) + Long.parseLong(fields[14]));
        }
    }
}
