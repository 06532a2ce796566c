package dev.millrace.bench.trials;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The arithmetic of fair turns, from the order in which runs were served.
 *
 * <p>While several keys of equal weight have something waiting, a <em>round</em> is one turn of each of them. So the rounds that a
 * task waited are the turns of that key, of all others, which had the most of them between the moment at which the task was
 * acknowledged and its own turn: 0 when it went at once, 1 when nobody had more than one turn before it.
 */
final class Rounds {
    private Rounds() {}

    /**
     * Jain's index of fairness: 1 when all got the same, 1/n when one of n got everything (Jain, Chiu and Hawe, 1984).
     *
     * @param served how much each of them got; at least one of them something
     */
    static double jain(long[] served) {
        double sum = 0;
        double squares = 0;
        for (long one : served) {
            sum += one;
            squares += (double) one * one;
        }
        if (sum == 0) {
            throw new IllegalArgumentException("Nobody got anything, so nothing was shared.");
        }
        return sum * sum / (served.length * squares);
    }

    /**
     * How many are served before the first key has had all that it queued: as long, every key has something waiting, or is having
     * its last turn, and all are owed the same.
     *
     * @param order the keys as they were served
     * @param queued how much each key had queued when the first was served
     */
    static int contended(List<String> order, Map<String, Integer> queued) {
        var left = new HashMap<>(queued);
        for (int place = 0; place < order.size(); place++) {
            if (left.merge(order.get(place), -1, Integer::sum) == 0) {
                return place + 1;
            }
        }
        return order.size();
    }

    /** How much each of the keys was served; those that were not served at all count. */
    static long[] served(List<String> order, Iterable<String> keys) {
        var counts = new HashMap<String, Long>();
        keys.forEach(key -> counts.put(key, 0L));
        order.forEach(key -> counts.computeIfPresent(key, (same, count) -> count + 1));
        return counts.values().stream().mapToLong(count -> count).toArray();
    }

    /** The least index of all stretches of so many turns that follow each other; the last one only if it is whole. */
    static double worstJain(List<String> order, Iterable<String> keys, int turns) {
        double worst = 1;
        for (int from = 0; from + turns <= order.size(); from += turns) {
            worst = Math.min(worst, jain(served(order.subList(from, from + turns), keys)));
        }
        return worst;
    }

    /**
     * How many rounds a task waited.
     *
     * @param since the keys that were served from the task's acknowledgement on
     * @param lone the key of which it is the only task
     * @throws IllegalArgumentException if it was not served
     */
    static int waited(List<String> since, String lone) {
        int turn = since.indexOf(lone);
        if (turn < 0) {
            throw new IllegalArgumentException("The task of " + lone + " was not served.");
        }
        var turns = new HashMap<String, Integer>();
        int most = 0;
        for (var key : since.subList(0, turn)) {
            most = Math.max(most, turns.merge(key, 1, Integer::sum));
        }
        return most;
    }
}
