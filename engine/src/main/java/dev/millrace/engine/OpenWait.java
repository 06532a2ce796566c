package dev.millrace.engine;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Something that a task waits for and that the edge brings: an event, or the answer of people. A run may wait so for more of a budget.
 *
 * @param node number of the step in the {@link WorkflowPlan}; {@link #OF_RUN} for more of a budget
 * @param checkpoint is open; its value says what is asked for, or, where the step has not begun, the parameter of the manifest does
 *     that {@link Checkpoint#place} is the number of
 * @param since the event that ended the latest wait of the task for the same; empty for none
 */
public record OpenWait(int node, int element, Checkpoint checkpoint, String since) {
    /** The digest of what a step waits for before it begins, on a condition that names the input of the run. */
    public static final String OF_INPUT = "input";

    private static final Pattern INPUT = Pattern.compile("\\binput\\b");

    /** Whether a condition may name the input of the run. */
    public static boolean namesInput(String condition) {
        return INPUT.matcher(condition).find();
    }

    /** Whether the edge needs the input of the run to tell what is asked for. */
    public boolean isOfInput() {
        return checkpoint.key().isBefore() && checkpoint.digest().equals(OF_INPUT);
    }

    /** The number of no step: what the run as a whole asks for is more of a budget. */
    public static final int OF_RUN = 65_535;

    /**
     * A run asks for more of a budget. It is an {@link CheckpointKind#APPROVAL} whose name is the budget's, and whose branch is what the
     * budget was, so that the next time the run asks it asks for something else.
     *
     * @param until when the run's time is over
     */
    public static OpenWait ofBudget(Held held, Instant until) {
        var was = BigDecimal.valueOf(held.limit()).stripTrailingZeros().toPlainString();
        return new OpenWait(
                OF_RUN,
                0,
                new Checkpoint(
                        new CheckpointKey(was, held.budget(), 1),
                        0,
                        CheckpointKind.APPROVAL,
                        "",
                        Checkpoint.State.OPEN,
                        0,
                        until,
                        Payload.NONE,
                        Optional.empty()),
                "");
    }

    /**
     * Adds those of a task that has not ended.
     *
     * @param heard by the names of events, the last that an earlier generation of the run took
     */
    public static void addOf(
            int node, int element, Collection<Checkpoint> all, Map<String, String> heard, List<OpenWait> open) {
        for (var checkpoint : all) {
            if (checkpoint.isOpen() && checkpoint.kind().isBrought()) {
                open.add(new OpenWait(node, element, checkpoint, since(all, checkpoint, heard)));
            }
        }
    }

    /** What an earlier wait for the same was ended by has been before: what this one waits for came later. */
    private static String since(Collection<Checkpoint> all, Checkpoint wait, Map<String, String> heard) {
        String since = wait.kind() == CheckpointKind.EVENT
                ? heard.getOrDefault(wait.key().name(), "")
                : "";
        if (wait.key().count() > 1) {
            for (var other : all) {
                if (other.key().name().equals(wait.key().name())
                        && other.digest().equals(wait.digest())
                        && other.source().compareTo(since) > 0) {
                    since = other.source();
                }
            }
        }
        return since;
    }
}
