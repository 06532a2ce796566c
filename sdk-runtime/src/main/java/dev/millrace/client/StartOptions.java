package dev.millrace.client;

import dev.millrace.Priority;
import dev.millrace.manifest.Durations;
import dev.millrace.manifest.placement.LabelRequirement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What one start may say beside its input: {@code orders.start(order, o -> o.idempotencyKey(order.id()).priority(HIGH))}.
 * Immutable; each method returns changed options.
 */
public final class StartOptions {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    /** Stands for no time: until the run has ended. */
    private static final Duration UNTIL_FINISHED = Duration.ZERO;

    private static final int MOST_REQUIRES = 16;
    private static final int MOST_METADATA = 32;
    private static final int MOST_METADATA_BYTES = 16 * 1024;
    private static final StartOptions NONE = new StartOptions(
            Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), Map.of(), Optional.empty(), false);

    private final Optional<String> idempotencyKey;
    private final Optional<Duration> keyLife;
    private final Optional<Priority> priority;
    private final Map<String, String> metadata;
    private final Map<String, String> requires;
    private final Optional<Duration> deadline;
    private final boolean abandoned;

    private StartOptions(
            Optional<String> idempotencyKey,
            Optional<Duration> keyLife,
            Optional<Priority> priority,
            Map<String, String> metadata,
            Map<String, String> requires,
            Optional<Duration> deadline,
            boolean abandoned) {
        this.idempotencyKey = idempotencyKey;
        this.keyLife = keyLife;
        this.priority = priority;
        this.metadata = metadata;
        this.requires = requires;
        this.deadline = deadline;
        this.abandoned = abandoned;
    }

    /** The defaults: no key, normal priority, no metadata, the workflow's own deadline. */
    public static StartOptions none() {
        return NONE;
    }

    /**
     * At most one run of the workflow is started with this key for as long as the control plane keeps keys, which is 30 days
     * unless its operator says otherwise; another start with it returns the handle of that run. The same key with another input is
     * refused ({@code IDEMPOTENCY_CONFLICT}).
     *
     * @param key 1 to 128 of {@code A-Z a-z 0-9 . _ : -}
     */
    public StartOptions idempotencyKey(String key) {
        return keyed(key, Optional.empty());
    }

    /**
     * As {@link #idempotencyKey(String)}, but the key is free again after a time, counted from the start of its run.
     *
     * @param life 1 second to 366 days
     */
    public StartOptions idempotencyKey(String key, Duration life) {
        if (life.compareTo(Duration.ofSeconds(1)) < 0 || life.compareTo(Durations.MAX) > 0) {
            throw new IllegalArgumentException(
                    "An idempotency key may live 1 second to 366 days, but is to live " + life + ".");
        }
        return keyed(key, Optional.of(life));
    }

    /** As {@link #idempotencyKey(String)}, but the key is free again as soon as its run has ended, however it ended. */
    public StartOptions idempotencyKeyUntilFinished(String key) {
        return keyed(key, Optional.of(UNTIL_FINISHED));
    }

    private StartOptions keyed(String key, Optional<Duration> life) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    "An idempotency key has 1 to 128 of the characters A-Z a-z 0-9 . _ : - but this one is \"" + key
                            + "\".");
        }
        return new StartOptions(Optional.of(key), life, priority, metadata, requires, deadline, abandoned);
    }

    /** The class in which the run's tasks wait. Default: {@link Priority#NORMAL}, or of a child that of its parent. */
    public StartOptions priority(Priority priority) {
        return new StartOptions(
                idempotencyKey, keyLife, Optional.of(priority), metadata, requires, deadline, abandoned);
    }

    /** Adds a searchable label: at most 32, and 16 KiB in all. */
    public StartOptions metadata(String name, String value) {
        var more = new LinkedHashMap<>(metadata);
        more.put(name, value);
        int bytes = more.entrySet().stream()
                .mapToInt(entry -> size(entry.getKey()) + size(entry.getValue()))
                .sum();
        if (more.size() > MOST_METADATA || bytes > MOST_METADATA_BYTES) {
            throw new IllegalArgumentException(
                    "The metadata of a run may have " + MOST_METADATA + " entries and " + MOST_METADATA_BYTES
                            + " bytes, but with \"" + name + "\" it has " + more.size() + " and " + bytes + ".");
        }
        return new StartOptions(
                idempotencyKey, keyLife, priority, Collections.unmodifiableMap(more), requires, deadline, abandoned);
    }

    /**
     * Every step and handler of the run goes only to workers whose label is exactly this text, whatever the step itself requires of the
     * label: at most 16 labels.
     *
     * @param label as in {@link dev.millrace.Requires#label()}
     * @param value 1 to 256 characters
     */
    public StartOptions requires(String label, String value) {
        requireText(label);
        requireText(value);
        var more = new LinkedHashMap<>(requires);
        more.put(label, value);
        if (more.size() > MOST_REQUIRES) {
            throw new IllegalArgumentException("A run may require " + MOST_REQUIRES + " labels, but with \"" + label
                    + "\" it has " + more.size() + ".");
        }
        return new StartOptions(
                idempotencyKey, keyLife, priority, metadata, Collections.unmodifiableMap(more), deadline, abandoned);
    }

    private static void requireText(String text) {
        if (!LabelRequirement.isText(text)) {
            throw new IllegalArgumentException("A label and its text have 1 to " + LabelRequirement.LONGEST
                    + " characters and none that controls a terminal, but this one is \"" + text + "\".");
        }
    }

    /**
     * The longest the run may take in all before it ends as {@code TIMED_OUT}. Default: the workflow's own.
     *
     * @param deadline 1 second to 366 days
     */
    public StartOptions deadline(Duration deadline) {
        if (deadline.compareTo(Duration.ofSeconds(1)) < 0 || deadline.compareTo(Durations.MAX) > 0) {
            throw new IllegalArgumentException(
                    "A run's deadline must be 1 second to 366 days, but is " + deadline + ".");
        }
        return new StartOptions(
                idempotencyKey, keyLife, priority, metadata, requires, Optional.of(deadline), abandoned);
    }

    /**
     * Of a child: it goes on when the step that starts it ends without success, as when its run is cancelled. Default: it is cancelled
     * then. A run that is started from outside has no parent, and its start is refused with this.
     */
    public StartOptions abandoned() {
        return new StartOptions(idempotencyKey, keyLife, priority, metadata, requires, deadline, true);
    }

    /** The key that was chosen. */
    public Optional<String> idempotencyKey() {
        return idempotencyKey;
    }

    /** For how long the key lives, if a time was chosen. */
    public Optional<Duration> keyLife() {
        return keyLife.filter(life -> !life.equals(UNTIL_FINISHED));
    }

    /** Whether the key is free again as soon as its run has ended. */
    public boolean keyUntilFinished() {
        return keyLife.isPresent() && keyLife.get().equals(UNTIL_FINISHED);
    }

    /** The class that was chosen, or {@link Priority#NORMAL}. */
    public Priority priority() {
        return priority.orElse(Priority.NORMAL);
    }

    /** The class, if one was chosen. */
    Optional<Priority> chosenPriority() {
        return priority;
    }

    /** Whether the run does without its parent. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /** The labels that were chosen, in the order given. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The labels that workers must have, with their texts, in the order given. */
    public Map<String, String> requires() {
        return requires;
    }

    /** The deadline that was chosen. */
    public Optional<Duration> deadline() {
        return deadline;
    }

    private static int size(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
