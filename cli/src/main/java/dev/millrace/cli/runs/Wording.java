package dev.millrace.cli.runs;

import dev.millrace.rest.model.Failure;
import dev.millrace.rest.model.RunState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How values of a run are written in a table. What is not there is a dash; the arguments may be null for that. */
final class Wording {
    private static final String NOTHING = "-";
    private static final int MESSAGE_SHOWN = 60;

    private Wording() {}

    static String state(RunState state, boolean compensated) {
        return compensated ? state + " (compensated)" : state.toString();
    }

    static String instant(Instant instant) {
        return instant == null
                ? NOTHING
                : instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static String took(Instant from, Instant to) {
        if (from == null || to == null) {
            return NOTHING;
        }
        var time = Duration.between(from, to);
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            return time.toMillis() + " ms";
        }
        if (time.compareTo(Duration.ofMinutes(2)) < 0) {
            return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
        }
        if (time.compareTo(Duration.ofHours(2)) < 0) {
            return time.toMinutes() + " min";
        }
        return time.compareTo(Duration.ofDays(2)) < 0 ? time.toHours() + " h" : time.toDays() + " d";
    }

    static String failure(Failure failure) {
        if (failure == null) {
            return NOTHING;
        }
        return (failure.getStep() == null ? "" : failure.getStep() + ": ") + message(failure);
    }

    static String message(Failure failure) {
        var message = failure.getMessage() == null ? failure.getCode() : failure.getMessage();
        return message.length() > MESSAGE_SHOWN ? message.substring(0, MESSAGE_SHOWN - 3) + "..." : message;
    }

    /** How much was used of what. */
    static String amounts(Map<String, Long> amounts) {
        return amounts == null || amounts.isEmpty()
                ? "-"
                : new TreeMap<>(amounts)
                        .entrySet().stream()
                                .map(amount -> amount.getKey() + " " + amount.getValue())
                                .collect(Collectors.joining(", "));
    }
}
