package dev.millrace.engine.scheduling;

import java.util.ArrayList;
import java.util.List;

/** All versions of one workflow whose runs the same workers can serve. */
public final class Shape {
    final String workflow;
    final String hash;
    final int number;
    final List<Lane> lanes = new ArrayList<>();
    final List<Crew> crews = new ArrayList<>(2);

    Shape(String workflow, String hash, int number) {
        this.workflow = workflow;
        this.hash = hash;
        this.number = number;
    }

    /** Whether a connected worker that takes new tasks serves it, busy or not. */
    public boolean isServed() {
        return !crews.isEmpty();
    }
}
