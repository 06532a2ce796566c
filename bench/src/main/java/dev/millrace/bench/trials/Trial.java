package dev.millrace.bench.trials;

import dev.millrace.bench.processes.Scene;

/** One such benchmark. For one thread. */
public interface Trial {

    /**
     * Carries it out, which takes minutes.
     *
     * @param scene in which its processes run; told how far it is
     * @throws dev.millrace.bench.processes.BenchException if it cannot be carried out to its end
     */
    Findings conduct(Scene scene);
}
