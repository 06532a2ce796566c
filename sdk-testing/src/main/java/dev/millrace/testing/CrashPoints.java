package dev.millrace.testing;

import dev.millrace.codec.Codec;
import dev.millrace.engine.RunFailure;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * The places at which a worker of a scenario can die: when it is given an attempt, before and after each action of durable code is
 * stored, and before the end of an attempt is told. Counts them, and has the worker die at one of them. For one thread.
 */
final class CrashPoints {
    /** Nobody dies. */
    static final int NEVER = 0;

    private final int at;
    private int passed;
    private String where = "";

    CrashPoints(int at) {
        this.at = at;
    }

    /** A worker comes to such a place: whether it dies there. */
    boolean diesAt(String place) {
        boolean dies = ++passed == at;
        if (dies) {
            where = place;
        }
        return dies;
    }

    /** How a run ended, as far as its caller can tell. */
    private record End(String state, Optional<String> result, Optional<String> failure) {
        static End of(TestRun run) {
            var image = run.await().image();
            return new End(
                    image.state().name(),
                    run.json(image).map(json -> new String(json, StandardCharsets.UTF_8)),
                    image.failure().map(CrashPoints::told));
        }
    }

    private static String told(RunFailure failure) {
        return failure.step() + ": " + failure.cause().type() + ": "
                + failure.cause().message();
    }

    /** Runs the scenario once as it is, and then once for each of its crash points. */
    static int everywhere(Codec codec, Function<TestMillrace, TestRun> scenario) {
        var calm = new CrashPoints(NEVER);
        var expected = End.of(scenario.apply(TestMillrace.with(codec, calm)));
        for (int at = 1; at <= calm.passed; at++) {
            var points = new CrashPoints(at);
            var run = scenario.apply(TestMillrace.with(codec, points));
            var end = End.of(run);
            if (!end.equals(expected)) {
                throw new AssertionError("With the worker killed at point " + at + " of " + calm.passed + ", "
                        + points.where + ", the run ended otherwise.\n  Undisturbed: " + expected + "\n  Now:         "
                        + end
                        + "\n" + run);
            }
        }
        return calm.passed;
    }
}
