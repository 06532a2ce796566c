package dev.millrace.controlplane.waits;

import dev.millrace.expression.EventQuestion;
import dev.millrace.expression.EventQuestion.Equality;
import java.util.Optional;
import java.util.UUID;

/**
 * A step that waits for an event. While it looks back it is told of new events by what it finds: so it gets the oldest one that
 * fits, and an event that is stored meanwhile is not passed over. What changes is guarded by itself.
 */
final class Waiter {
    final OpenedWait wait;
    final EventQuestion question;
    final Optional<Equality> equality;

    private UUID seen;
    private boolean looking = true;
    private boolean missed;

    Waiter(OpenedWait wait) {
        this.wait = wait;
        this.question = EventQuestion.read(wait.ask());
        this.equality = question.equality();
        this.seen = firstOf(wait);
    }

    /** Events have the time in front of their ids. */
    private static UUID firstOf(OpenedWait wait) {
        var sinceStart = new UUID(wait.runStarted().toEpochMilli() << 16, 0);
        if (wait.since().isEmpty()) {
            return sinceStart;
        }
        var since = UUID.fromString(wait.since());
        return since.toString().compareTo(sinceStart.toString()) > 0 ? since : sinceStart;
    }

    String event() {
        return wait.name().key().name();
    }

    /** Up to there it has looked. */
    synchronized UUID seen() {
        return seen;
    }

    synchronized void saw(UUID event) {
        seen = event;
    }

    /** A new event has been stored: whether it is to be held against it now; else it finds it where it looks. */
    synchronized boolean hears() {
        missed |= looking;
        return !looking;
    }

    /** It has looked through all there was: whether it has to look once more. */
    synchronized boolean looksAgain() {
        looking = missed;
        missed = false;
        return looking;
    }
}
