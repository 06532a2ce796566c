package dev.millrace.engine.core;

import dev.millrace.engine.Signal;
import dev.millrace.engine.Signals;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The signals that a run was sent and no step has taken yet. Changed by applying facts alone. */
final class Mailbox {
    private final List<Signal> kept = new ArrayList<>(2);
    private final Set<String> known = new LinkedHashSet<>();
    private long bytes;

    /** Null for none, because nearly no run is ever sent one. */
    static Mailbox of(Signals image) {
        if (image.isEmpty()) {
            return null;
        }
        var mailbox = new Mailbox();
        mailbox.known.addAll(image.known());
        for (var signal : image.kept()) {
            mailbox.kept.add(signal);
            mailbox.bytes += signal.size();
        }
        return mailbox;
    }

    static Signals image(Mailbox mailbox) {
        return mailbox == null ? Signals.NONE : new Signals(mailbox.kept, List.copyOf(mailbox.known));
    }

    /** Whether this signal has been put in before. Of those that nobody has taken that is always known. */
    boolean knows(String request) {
        return known.contains(request)
                || kept.stream().anyMatch(signal -> signal.request().equals(request));
    }

    void put(Signal signal) {
        kept.add(signal);
        bytes += signal.size();
        known.add(signal.request());
        if (known.size() > Signals.REMEMBERED) {
            known.remove(known.iterator().next());
        }
    }

    /** The oldest of that name; null for none. */
    Signal first(String name) {
        for (var signal : kept) {
            if (signal.name().equals(name)) {
                return signal;
            }
        }
        return null;
    }

    /** A step has taken it. */
    Signal take(String request) {
        for (int i = 0; i < kept.size(); i++) {
            if (kept.get(i).request().equals(request)) {
                var taken = kept.remove(i);
                bytes -= taken.size();
                return taken;
            }
        }
        throw new IllegalStateException("Signal " + request + " was taken by a step, but is not there.");
    }

    /** What of the signals of a run is in memory. */
    static long held(Mailbox mailbox) {
        return mailbox == null
                ? 0
                : mailbox.kept.stream()
                        .mapToLong(signal -> signal.payload().data().length)
                        .sum();
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    int size() {
        return kept.size();
    }

    long bytes() {
        return bytes;
    }
}
