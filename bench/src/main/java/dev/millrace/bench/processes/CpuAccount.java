package dev.millrace.bench.processes;

import dev.millrace.bench.figures.Figures;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** What the processes of a benchmark cost from one moment to another. For one thread. */
public final class CpuAccount {
    private final ProcFs proc = ProcFs.ofThisMachine();
    private final ControlPlane controlPlane;
    private final List<Child> children;
    private final long openedNanos = System.nanoTime();
    private final Figures opening;

    private CpuAccount(ControlPlane controlPlane, List<Child> children) {
        this.controlPlane = controlPlane;
        this.children = children;
        this.opening = read();
    }

    /** Begins to count. */
    public static CpuAccount open(ControlPlane controlPlane, Child... children) {
        return new CpuAccount(controlPlane, List.of(children));
    }

    /**
     * CPU seconds by process since the account was opened, as far as they can be had: {@code cpu.controlPlane}, {@code
     * cpu.postgres}, {@code cpu.worker}, {@code cpu.load}; and {@code cpu.machine}, of all processes there are, with {@code
     * cpu.wall}, the seconds that passed.
     */
    public Figures close() {
        var closing = read();
        var spent = Figures.none();
        for (var name : closing.byName().keySet()) {
            if (opening.byName().containsKey(name)) {
                spent = spent.with(name, closing.get(name) - opening.get(name));
            }
        }
        return spent.with("cpu.wall", (System.nanoTime() - openedNanos) / 1e9);
    }

    private Figures read() {
        if (!proc.available()) {
            return Figures.none();
        }
        try {
            var figures = Figures.none();
            for (var child : children) {
                figures = figures.with("cpu." + child.name(), proc.seconds(child.pid()));
            }
            if (controlPlane.pid().isPresent()) {
                figures = figures.with(
                        "cpu.controlPlane", proc.seconds(controlPlane.pid().getAsLong()));
            }
            if (controlPlane.postgresPid().isPresent()) {
                figures = figures.with(
                        "cpu.postgres",
                        proc.secondsWithChildren(controlPlane.postgresPid().getAsLong()));
            }
            if (controlPlane.postgres().isPresent()) {
                figures = figures.and(controlPlane.postgres().get().written());
            }
            return figures.with("cpu.machine", proc.busySecondsOfMachine());
        } catch (IOException | SQLException e) {
            throw new BenchException("The CPU time of a process cannot be read: " + e + ". Has it ended?", e);
        }
    }
}
