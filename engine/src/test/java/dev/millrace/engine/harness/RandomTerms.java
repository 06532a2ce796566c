package dev.millrace.engine.harness;

import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.Failure;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.Terms;
import dev.millrace.engine.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Stands in for whoever evaluates expressions: what it finds out is drawn. */
public final class RandomTerms {
    private static final int MOST_LIMITS = 4;

    private RandomTerms() {}

    /**
     * What a start is evaluated to.
     *
     * @param steps how many steps a workflow has at most
     */
    public static RunTerms atStart(Random random, int steps) {
        if (random.nextInt(3) > 0) {
            return RunTerms.NONE;
        }
        Map<Integer, Verdict> known = new HashMap<>();
        for (int step = 0; step < steps; step++) {
            if (random.nextInt(3) == 0) {
                known.put(step, verdict(random, true));
            }
        }
        return new RunTerms(random.nextInt(12) == 0 ? unknown() : new Verdict.Holds(terms(random)), known);
    }

    /**
     * The answer to a question.
     *
     * @param faulty whether it may be that a task is not to run
     */
    public static Decision decision(Random random, int elements, boolean faulty) {
        if (elements == 1 || random.nextInt(4) == 0) {
            return new Decision.Whole(verdict(random, faulty));
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < elements; i++) {
            verdicts.add(verdict(random, faulty));
        }
        return new Decision.Each(verdicts);
    }

    private static Verdict verdict(Random random, boolean faulty) {
        return switch (faulty ? random.nextInt(16) : 15) {
            case 0 -> unknown();
            case 1, 2 -> new Verdict.HoldsNot();
            default -> random.nextBoolean() ? Verdict.PLAIN : new Verdict.Holds(terms(random));
        };
    }

    private static Verdict unknown() {
        return new Verdict.Unknown(Failure.KEY_EXPRESSION_ERROR, "no such field");
    }

    private static List<Long> costs(Random random) {
        List<Long> costs = new ArrayList<>();
        for (int i = 0; i < MOST_LIMITS; i++) {
            costs.add(1L + random.nextInt(4));
        }
        return costs;
    }

    /** As many keys as any step could need: those beyond what it has stand for nothing. */
    private static Terms terms(Random random) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < MOST_LIMITS; i++) {
            keys.add("k" + random.nextInt(3));
        }
        return new Terms(
                keys, "f" + random.nextInt(3), 1 + random.nextInt(3), keys, costs(random), "b" + random.nextInt(2));
    }
}
