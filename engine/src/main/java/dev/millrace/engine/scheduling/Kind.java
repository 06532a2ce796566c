package dev.millrace.engine.scheduling;

import dev.millrace.engine.Priority;
import dev.millrace.manifest.placement.PlacementSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What the tasks of one lane have in common, so that every gate treats them alike.
 *
 * @param entry whether their runs have not begun, so that they wait for the permits of the run too
 * @param slotKind of which kind those are; empty for those that every worker has
 * @param placement which workers may be given an attempt
 * @param worker the only worker that may, by its id; empty for no such
 * @param fairness the key that they take turns by; empty for none
 * @param runClaims permits that their runs need to begin; empty unless it is an entry
 * @param claims permits that each attempt needs
 * @param takes tokens that each attempt takes
 * @param gather with whom they share calls; empty for steps whose every attempt has its own
 * @param placedByRun whether their runs say where they are placed, so that there may be any number of placements
 */
public record Kind(
        Shape shape,
        boolean entry,
        Priority priority,
        int slots,
        String slotKind,
        PlacementSpec placement,
        String worker,
        String fairness,
        List<Claim> runClaims,
        List<Claim> claims,
        List<Take> takes,
        Optional<Gather> gather,
        boolean placedByRun) {
    /** The most characters that a name has. */
    static final int LONGEST_NAME = 200;

    private static final int HASH_SHOWN = 16;

    /** What the label begins with under which workers show the build of their code of a workflow, whose name follows. */
    public static final String BUILD_LABEL = "millrace.build/";

    /** The build of the code that its tasks have to go to; empty for any. */
    String build() {
        for (var requirement : placement.requires()) {
            if (requirement.label().startsWith(BUILD_LABEL)) {
                return requirement.value();
            }
        }
        return "";
    }

    /** A permit of a concurrency limit, by its name and the value of its key; empty for a limit without key. */
    public record Claim(String limit, String key) {}

    /**
     * Tokens of a rate limit, by its name and the value of its key; empty for a limit without key.
     *
     * @param cost how many; 0 where every task says it for itself
     */
    public record Take(String limit, String key, long cost) {}

    /**
     * Whose calls are shared: by tasks of one step of one version, with one key.
     *
     * @param version its hash
     * @param step its name
     * @param key empty for none
     * @param maxSize how many tasks at most in one call
     * @param maxWaitMicros how long the first waits for others
     */
    public record Gather(String version, String step, String key, int maxSize, long maxWaitMicros) {}

    /** Of a step whose every attempt has a call of its own. */
    public Kind(
            Shape shape,
            boolean entry,
            Priority priority,
            int slots,
            PlacementSpec placement,
            String worker,
            String fairness,
            List<Claim> runClaims,
            List<Claim> claims,
            List<Take> takes) {
        this(
                shape,
                entry,
                priority,
                slots,
                "",
                placement,
                worker,
                fairness,
                runClaims,
                claims,
                takes,
                Optional.empty(),
                false);
    }

    public Kind {
        runClaims = List.copyOf(runClaims);
        claims = List.copyOf(claims);
        takes = List.copyOf(takes);
    }

    /** Whether workers of a crew may be given an attempt, and have slots of its kind. */
    boolean isMetBy(Crew crew) {
        return slotKind.equals(crew.slotKind) && isMetBy(crew.labels);
    }

    /** Whether workers with these labels may be given an attempt. */
    boolean isMetBy(Map<String, String> labels) {
        if (!worker.isEmpty() && !worker.equals(labels.get(Labels.WORKER))) {
            return false;
        }
        for (var requirement : placement.requires()) {
            if (!requirement.isMetBy(labels)) {
                return false;
            }
        }
        return true;
    }

    /** How well workers with these labels suit; more is better. */
    long score(Map<String, String> labels) {
        long score = 0;
        for (var preference : placement.prefers()) {
            if (preference.asRequirement().isMetBy(labels)) {
                score += preference.weight();
            }
        }
        return score;
    }

    /** Whether a key is part of it, so that there may be any number of its like. */
    boolean isKeyed() {
        if (!fairness.isEmpty() || placedByRun || isGatheredByKey()) {
            return true;
        }
        for (var claim : runClaims) {
            if (!claim.key.isEmpty()) {
                return true;
            }
        }
        for (var claim : claims) {
            if (!claim.key.isEmpty()) {
                return true;
            }
        }
        for (var take : takes) {
            if (!take.key.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a key says with whom its tasks share calls, so that there may be any number of such groups. */
    boolean isGatheredByKey() {
        return !worker.isEmpty()
                || placedByRun
                || gather.isPresent() && !gather.get().key.isEmpty();
    }

    /** The name of the group of tasks that may share calls; the same wherever and whenever it is made again. */
    String gatheringName() {
        var name = new StringBuilder(shape.workflow);
        if (!placement.isAnywhere()) {
            append(name.append("/p"), placement.requires() + " " + placement.prefers() + " " + placement.sticky());
        }
        append(name.append("/w"), worker);
        gather.ifPresent(group -> append(name, group));
        return name.toString();
    }

    private static void append(StringBuilder name, Gather group) {
        append(append(append(name.append("/b"), group.version), group.step), group.key);
    }

    /**
     * A name made of what does not change when an owner takes over: the workflow, its shape, and everything a gate asks about.
     * What is too long is cut, and told apart by a hash of the whole.
     */
    String name() {
        var name = new StringBuilder(shape.workflow)
                .append('/')
                .append(shape.hash, 0, Math.min(HASH_SHOWN, shape.hash.length()))
                .append('/')
                .append(priority)
                .append('/')
                .append(slots);
        if (!slotKind.isEmpty()) {
            append(name.append("/k"), slotKind);
        }
        if (entry) {
            name.append("/entry");
        }
        if (!placement.isAnywhere()) {
            append(name.append("/p"), placement.requires() + " " + placement.prefers() + " " + placement.sticky());
        }
        if (!worker.isEmpty()) {
            append(name.append("/w"), worker);
        }
        if (!fairness.isEmpty()) {
            append(name.append("/f"), fairness);
        }
        gather.ifPresent(group -> append(name, group));
        for (var claim : runClaims) {
            append(append(name.append("/r"), claim.limit), claim.key);
        }
        for (var claim : claims) {
            append(append(name.append("/c"), claim.limit), claim.key);
        }
        for (var take : takes) {
            append(append(name.append("/t"), take.limit), take.key).append('*').append(take.cost);
        }
        return shortened(name.toString());
    }

    /** With its length, so that no two kinds have one name whatever their keys are. */
    private static StringBuilder append(StringBuilder name, String part) {
        return name.append(':').append(part.length()).append(':').append(part);
    }

    private static String shortened(String name) {
        if (name.length() <= LONGEST_NAME) {
            return name;
        }
        var hash = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
        int end = LONGEST_NAME - hash.length() - 1;
        if (Character.isHighSurrogate(name.charAt(end - 1))) {
            end--;
        }
        return name.substring(0, end) + "#" + hash;
    }
}
