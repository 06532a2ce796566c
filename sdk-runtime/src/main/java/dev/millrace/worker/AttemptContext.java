package dev.millrace.worker;

import dev.millrace.AttemptCancelledException;
import dev.millrace.StepContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;

/** The context of one attempt. What the control plane cannot take yet is refused, so that nobody relies on it in vain. */
final class AttemptContext implements StepContext {
    private static final int LONGEST_KEY = 128;

    private final LiveAttempt attempt;
    private final boolean mapped;
    private final SortedSet<String> rateLimits;

    /**
     * Of an attempt of a step.
     *
     * @param mapped whether it is called once per element
     * @param rateLimits those of the step, by their names
     */
    AttemptContext(LiveAttempt attempt, boolean mapped, SortedSet<String> rateLimits) {
        this.attempt = attempt;
        this.mapped = mapped;
        this.rateLimits = rateLimits;
    }

    @Override
    public String runId() {
        return attempt.key().run().toString();
    }

    @Override
    public String workflow() {
        return attempt.assignment().getWorkflow();
    }

    @Override
    public String step() {
        return attempt.key().step();
    }

    @Override
    public int attempt() {
        return attempt.key().attempt();
    }

    @Override
    public OptionalInt element() {
        return mapped ? OptionalInt.of(attempt.key().element()) : OptionalInt.empty();
    }

    @Override
    public Map<String, String> metadata() {
        return attempt.assignment().getMetadataMap();
    }

    @Override
    public OptionalInt turn() {
        int turn = attempt.assignment().getTurn();
        return turn > 0 ? OptionalInt.of(turn) : OptionalInt.empty();
    }

    /** Run, step, element and turn: the same whichever attempt, worker or replay it is. */
    @Override
    public String idempotencyKey() {
        String task = (mapped ? step() + "/" + attempt.key().element() : step())
                + (turn().isPresent() ? "/turn-" + turn().getAsInt() : "");
        String key = runId() + "/" + task;
        return key.length() <= LONGEST_KEY ? key : runId() + "/" + digest(task);
    }

    @Override
    public Instant deadline() {
        return attempt.deadline();
    }

    @Override
    public void extendTimeout(Duration fromNow) {
        if (fromNow.toMillis() < 1) {
            throw new IllegalArgumentException("An attempt can ask for a millisecond or more, but " + attempt.key()
                    + " asked for " + fromNow + ".");
        }
        attempt.needs(fromNow);
    }

    @Override
    public void releaseSlot() {
        attempt.releaseSlots();
    }

    @Override
    public boolean isCancelled() {
        return attempt.cancelled().isPresent();
    }

    @Override
    public void throwIfCancelled() {
        attempt.cancelled().ifPresent(reason -> {
            throw new AttemptCancelledException("The " + attempt.key() + " was cancelled: " + reason + ".");
        });
    }

    @Override
    public void usage(String name, long amount) {
        attempt.purse().use(name, amount);
    }

    @Override
    public void settle(String rateLimit, long actual) {
        if (!rateLimits.contains(rateLimit)) {
            throw new IllegalArgumentException("Step '" + step() + "' has no rate limit '" + rateLimit + "'"
                    + (rateLimits.isEmpty() ? " and none else" : "; it has " + rateLimits)
                    + ", so there is nothing to settle. Name a @RateLimit of the step.");
        }
        attempt.purse().settle(rateLimit, actual);
    }

    @Override
    public void log(System.Logger.Level level, String message) {
        throw notYet("log(…)", "use your logging library");
    }

    private static UnsupportedOperationException notYet(String call, String instead) {
        return new UnsupportedOperationException(
                "StepContext." + call + " has no effect in this version, so it is refused; " + instead + ".");
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256, but this one does not.", e);
        }
    }
}
