package dev.millrace.manifest;

/**
 * That a matching event starts a run, with its payload as the input.
 *
 * @param event name of the event; {@code *} stands for one part of it, as in {@code order.*}
 * @param where CEL condition over {@code event}, {@code metadata} and {@code name}; empty for every event of that name
 */
public record EventTrigger(String event, String where) {
    public EventTrigger {
        if (!Names.isEventPattern(event)) {
            throw new InvalidManifestException(
                    "event",
                    "An event's name must be like that of a workflow, with '*' in the place of whole parts at most, as in"
                            + " order.*, but is \"" + event + "\".");
        }
        Limits.requireExpression("where", "The condition on event '" + event + "'", where);
    }
}
