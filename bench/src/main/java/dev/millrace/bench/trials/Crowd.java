package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.processes.ControlPlane;
import dev.millrace.bench.processes.Programs;
import dev.millrace.bench.processes.Scene;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The {@link TrialProcess} as its parent sees it. For one thread. */
final class Crowd {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    private final Child process;

    private Crowd(Child process) {
        this.process = process;
    }

    /** Starts it; it ends with the scene. */
    static Crowd join(Scene scene, ControlPlane controlPlane, int slots) {
        var process = scene.with(Child.start(
                "worker and load",
                Programs.ofThisProgram(TrialProcess.class, Scene.jvm("worker"), List.of(Integer.toString(slots))),
                controlPlane.environment(),
                scene.directory().resolve("worker.log")));
        process.answer(START);
        return new Crowd(process);
    }

    /** Has something done that takes no time. */
    Figures tell(TrialProcess.Order order, long... numbers) {
        return tell(AT_ONCE, order, numbers);
    }

    /** Has something done, within a time. */
    Figures tell(Duration limit, TrialProcess.Order order, long... numbers) {
        process.tell(Arrays.stream(numbers).mapToObj(Long::toString).collect(Collectors.joining(" ", order + " ", "")));
        return Figures.parse(process.answer(limit));
    }
}
