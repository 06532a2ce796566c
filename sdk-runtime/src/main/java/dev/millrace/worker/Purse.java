package dev.millrace.worker;

import dev.millrace.wire.worker.v1.Amount;
import dev.millrace.wire.worker.v1.Spent;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What one attempt has said that it spent. Safe for use by many threads. */
final class Purse {
    private static final int LONGEST_NAME = 64;
    private static final int MOST_NAMES = 50;

    private final Runnable hasNews;

    // Under the lock of this purse.
    private final Map<String, Long> used = new TreeMap<>();
    private final Map<String, Long> settled = new TreeMap<>();
    private boolean news;
    private boolean closed;

    /**
     * An empty purse.
     *
     * @param hasNews called when there is something to say that there was not before; must not wait
     */
    Purse(Runnable hasNews) {
        this.hasNews = hasNews;
    }

    /** It used so much more. */
    synchronized void use(String name, long amount) {
        requireOpen();
        if (name.isBlank() || name.length() > LONGEST_NAME || name.indexOf(0) >= 0) {
            throw new IllegalArgumentException("What is used has a name of 1 to " + LONGEST_NAME + " characters, but '"
                    + name + "' has " + name.length() + (name.indexOf(0) >= 0 ? ", U+0000 among them." : "."));
        }
        if (amount < 0) {
            throw new IllegalArgumentException(
                    "Nobody can use less than nothing, but of '" + name + "' it is " + amount + ".");
        }
        if (!used.containsKey(name) && used.size() == MOST_NAMES) {
            throw new IllegalArgumentException("An attempt may use " + MOST_NAMES + " different things, and '" + name
                    + "' would be one more. Names say what is used, such as 'openai.tokens'; ids do not belong there.");
        }
        used.merge(name, amount, Purse::sum);
        if (amount > 0) {
            tell();
        }
    }

    private static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** It took so many tokens of a rate limit in all. */
    synchronized void settle(String rateLimit, long actual) {
        requireOpen();
        if (actual < 0) {
            throw new IllegalArgumentException(
                    "Nobody can take less than no tokens, but of '" + rateLimit + "' it is " + actual + ".");
        }
        settled.put(rateLimit, actual);
        tell();
    }

    private void tell() {
        if (!news) {
            news = true;
            hasNews.run();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The attempt has ended; what it spends now is not counted any more."
                    + " Let the step return, or its stage complete, after that.");
        }
    }

    /** What it has spent in all, if that has not been said as it is. */
    synchronized Optional<Spent> news() {
        if (!news) {
            return Optional.empty();
        }
        news = false;
        return Optional.of(all());
    }

    /** What was said may not have arrived. */
    synchronized void untold() {
        if (!used.isEmpty() || !settled.isEmpty()) {
            tell();
        }
    }

    /** The attempt has ended, having spent this in all; empty for nothing. */
    synchronized Optional<Spent> close() {
        closed = true;
        return used.isEmpty() && settled.isEmpty() ? Optional.empty() : Optional.of(all());
    }

    private Spent all() {
        var all = Spent.newBuilder();
        used.forEach((name, amount) -> all.addUsed(amount(name, amount)));
        settled.forEach((name, amount) -> all.addSettled(amount(name, amount)));
        return all.build();
    }

    private static Amount amount(String name, long amount) {
        return Amount.newBuilder().setName(name).setAmount(amount).build();
    }
}
