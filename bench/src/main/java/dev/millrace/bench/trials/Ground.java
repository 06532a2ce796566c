package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.Machine;
import dev.millrace.bench.processes.OwnControlPlane;
import dev.millrace.bench.processes.PostgresAccount;
import dev.millrace.bench.processes.Programs;
import dev.millrace.bench.processes.Scene;
import java.util.ArrayList;

/**
 * What a trial stands on: a control plane of its own whose collections are written down.
 *
 * @param gc of the control plane
 * @param environment what it runs on
 */
record Ground(OwnControlPlane controlPlane, GcLog gc, Json environment) {
    /** Opens the metrics of the control plane, which only this machine reaches. */
    static final String METRICS_TOKEN = "of-the-benchmark";

    /** @param heapMegabytes the most that the control plane may take for objects; 0 for its own choice */
    static Ground prepare(Scene scene, int heapMegabytes) {
        scene.tell("starting the control plane" + (heapMegabytes > 0 ? " with " + heapMegabytes + " MB of heap" : "")
                + "; its log is in " + scene.directory());
        var gc = new GcLog(scene.directory().resolve("gc.log"));
        var options = new ArrayList<>(Scene.jvm("controlPlane"));
        if (heapMegabytes > 0) {
            options.add("-Xmx" + heapMegabytes + "m");
        }
        options.add(gc.option());
        options.add("-Dmillrace.metrics-token=" + METRICS_TOKEN);
        var controlPlane = scene.with(OwnControlPlane.start(Programs.controlPlane(), options, scene.directory()));
        var environment = Machine.facts(scene.directory());
        environment.put(
                "postgres", controlPlane.postgres().map(PostgresAccount::facts).orElseThrow());
        return new Ground(controlPlane, gc, environment);
    }
}
