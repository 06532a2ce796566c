package dev.millrace.engine;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much there is of what, by name: tokens of a model, cents, bytes. Whole numbers, so that sums are exact; an amount that would be
 * too large for a {@code long} stays at the largest. Immutable.
 *
 * @param amounts by name, none negative; what was used zero times may be there
 */
public record Usage(SortedMap<String, Long> amounts) {

    /** Nothing. */
    public static final Usage NONE = new Usage(Collections.emptySortedMap());

    /** The most characters of a name. */
    public static final int LONGEST_NAME = 64;

    /** The most names that one attempt may use, and one run in all. More of them are ids that were taken for names. */
    public static final int MOST_NAMES = 50;

    public Usage {
        for (var amount : amounts.entrySet()) {
            if (!isName(amount.getKey()) || amount.getValue() < 0) {
                throw new IllegalArgumentException("A usage has a name of 1 to " + LONGEST_NAME
                        + " characters and an amount of 0 or more, but not " + amount + ".");
            }
        }
        amounts = amounts.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(amounts));
    }

    /** These amounts. */
    public static Usage of(Map<String, Long> amounts) {
        return amounts.isEmpty() ? NONE : new Usage(new TreeMap<>(amounts));
    }

    /** So much of one thing. */
    public static Usage of(String name, long amount) {
        return of(Map.of(name, amount));
    }

    /** Whether something can be counted under this name. */
    public static boolean isName(String name) {
        return !name.isBlank() && name.length() <= LONGEST_NAME && name.indexOf(0) < 0;
    }

    public boolean isNone() {
        return amounts.isEmpty();
    }

    /** How much of it; 0 where nothing is known of it. */
    public long amount(String name) {
        return amounts.getOrDefault(name, 0L);
    }

    /** Both together. */
    public Usage plus(Usage more) {
        if (more.isNone() || isNone()) {
            return isNone() ? more : this;
        }
        var sum = new TreeMap<>(amounts);
        more.amounts.forEach((name, amount) -> sum.merge(name, amount, Usage::sum));
        return new Usage(sum);
    }

    private static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** What is more than there was; nothing where there is less. */
    public Usage since(Usage before) {
        if (before.isNone()) {
            return this;
        }
        var more = new TreeMap<String, Long>();
        amounts.forEach((name, amount) -> {
            long added = amount - before.amount(name);
            if (added > 0) {
                more.put(name, added);
            }
        });
        return of(more);
    }

    /** Of each name the larger amount. */
    public Usage atLeast(Usage other) {
        if (other.isNone() || isNone()) {
            return isNone() ? other : this;
        }
        var most = new TreeMap<>(amounts);
        other.amounts.forEach((name, amount) -> most.merge(name, amount, Math::max));
        return new Usage(most);
    }

    /** As much of it as can be added to others without more than {@link #MOST_NAMES} names in all, in the order of the names. */
    public Usage fitting(Usage others) {
        if (names(others) <= MOST_NAMES) {
            return this;
        }
        int room = MOST_NAMES - others.amounts.size();
        var fits = new TreeMap<String, Long>();
        for (var amount : amounts.entrySet()) {
            if (others.amounts.containsKey(amount.getKey())) {
                fits.put(amount.getKey(), amount.getValue());
            } else if (room > 0) {
                room--;
                fits.put(amount.getKey(), amount.getValue());
            }
        }
        return of(fits);
    }

    private int names(Usage others) {
        int names = others.amounts.size();
        if (names + amounts.size() > MOST_NAMES) {
            for (var name : amounts.keySet()) {
                names += others.amounts.containsKey(name) ? 0 : 1;
            }
            return names;
        }
        return names + amounts.size();
    }

    /** For people: {@code openai.tokens=1200, pages=3}. */
    @Override
    public String toString() {
        var text = amounts.toString();
        return text.substring(1, text.length() - 1);
    }
}
