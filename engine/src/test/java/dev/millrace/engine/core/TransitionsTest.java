package dev.millrace.engine.core;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Batch;
import dev.millrace.engine.Failure;
import dev.millrace.engine.RandomHistories;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.harness.EngineHarness;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** No transition is declared that never happens: the random histories, replayed, take every one. */
class TransitionsTest {
    private static final int SEEDS = 120;
    private static final int STEPS = 150;

    @Test
    void everyTransitionThatATableDeclaresIsTaken() {
        var taken = new TreeSet<String>();
        for (long seed = 0; seed < SEEDS; seed++) {
            var histories = new RandomHistories(seed);
            for (int i = 0; i < STEPS; i++) {
                histories.step();
            }
            histories.heal();
            replay(histories.engine(), taken);
        }
        replay(aFailedRunWhoseDeadlinePassesWhileItWaits(), taken);
        var declared = new TreeSet<String>();
        for (var table : Tables.ALL) {
            for (var entry : table.entries()) {
                declared.add(name(entry.from(), entry.event()));
            }
        }
        declared.removeAll(taken);
        assertThat(declared).as("declared, but taken by no history").isEmpty();
    }

    /** Too rare to be left to chance. */
    private static EngineHarness aFailedRunWhoseDeadlinePassesWhileItWaits() {
        var engine = new EngineHarness();
        var version = engine.define(workflow("w")
                .deadline(Duration.ofMinutes(1))
                .step("fails")
                .step("taker", step -> step.outcome("fails").retries(1))
                .build());
        engine.worker(1, version)
                .on("fails", any -> failure("Boom"))
                .on("taker", any -> failure(new Failure("Later", "Not now.", "", false, 3_600_000, "")));
        engine.start(version);
        engine.advance(Duration.ofMinutes(1));
        return engine;
    }

    private static void replay(EngineHarness engine, Set<String> taken) {
        var core = new Core(ShardSettings.DEFAULT, (from, event) -> taken.add(name(from, event)));
        for (var version : engine.versions()) {
            core.handle(version, engine.now(), new Batch());
        }
        engine.facts().forEach(core::replay);
    }

    private static String name(Enum<?> from, Enum<?> event) {
        return from.getDeclaringClass().getSimpleName() + " " + from + ": " + event;
    }
}
