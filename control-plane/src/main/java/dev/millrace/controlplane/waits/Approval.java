package dev.millrace.controlplane.waits;

import dev.millrace.engine.OpenWait;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.SchemaCheck;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An answer that a run waits for.
 *
 * @param role who is asked, as the run says it; empty for whoever may answer
 * @param title what is asked, where the run says it
 * @param schema of the answer
 * @param escalation who is asked when nobody has answered for a time
 */
record Approval(
        String id,
        OpenedWait asked,
        String role,
        Optional<String> title,
        JsonValue schema,
        SchemaCheck check,
        Optional<Escalation> escalation) {

    /**
     * Whom it goes to.
     *
     * @param at from when on
     */
    record Escalation(String role, Instant at) {}

    /** Who is asked at a time, as the run says it. */
    String role(Instant now) {
        return escalated(now).map(Escalation::role).orElse(role);
    }

    /** Whether it has gone to others by then, and when. */
    Optional<Escalation> escalated(Instant now) {
        return escalation.filter(then -> !then.at().isAfter(now));
    }

    /** Reads what a run asks; throws an {@link IllegalArgumentException} if it does not say so. */
    static Approval of(OpenedWait wait) {
        if (wait.name().node() == OpenWait.OF_RUN) {
            var title = "May it use more of '" + wait.name().key().name() + "' than "
                    + wait.name().key().branch() + "?";
            return of(wait, "", Optional.of(title), budget(wait), Optional.empty());
        }
        if (Json.read(wait.ask()) instanceof JsonValue.Object ask
                && ask.members().get("role") instanceof JsonValue.Text role
                && ask.members().containsKey("schema")) {
            var title = ask.members().get("title") instanceof JsonValue.Text text
                    ? Optional.of(text.value())
                    : Optional.<String>empty();
            return of(wait, role.value(), title, ask.members().get("schema"), escalation(ask, wait));
        }
        throw new IllegalArgumentException("An approval has a role and a schema.");
    }

    private static Approval of(
            OpenedWait wait, String role, Optional<String> title, JsonValue schema, Optional<Escalation> escalation) {
        return new Approval(ApprovalId.of(wait.name()), wait, role, title, schema, SchemaCheck.of(schema), escalation);
    }

    /** What the run says of it: to whom, when so much of its time is left. */
    private static Optional<Escalation> escalation(JsonValue.Object ask, OpenedWait wait) {
        return ask.members().get("escalate") instanceof JsonValue.Object then
                        && then.members().get("to") instanceof JsonValue.Text to
                        && then.members().get("leftMillis") instanceof JsonValue.Number left
                ? Optional.of(new Escalation(
                        to.value(), wait.until().minusMillis(left.value().longValue())))
                : Optional.empty();
    }

    /** What a run asks that has used as much of a budget as it may. */
    private static JsonValue budget(OpenedWait wait) {
        var was = wait.name().key().branch();
        long least = new BigDecimal(was).setScale(0, RoundingMode.FLOOR).longValueExact() + 1;
        var limit = new TreeMap<String, JsonValue>();
        limit.put("type", JsonValue.of("integer"));
        limit.put("description", JsonValue.of("how much the run may use in all"));
        limit.put("minimum", JsonValue.of(least));
        limit.put("maximum", JsonValue.of(RaisedBudgets.MOST));
        var schema = new TreeMap<String, JsonValue>();
        schema.put("type", JsonValue.of("object"));
        schema.put(
                "description",
                JsonValue.of("Run " + wait.name().run() + " may use " + was + " of '"
                        + wait.name().key().name() + "', which is not enough: how much may it use?"));
        schema.put("properties", new JsonValue.Object(Map.of("limit", new JsonValue.Object(limit))));
        schema.put("required", new JsonValue.Array(List.of(JsonValue.of("limit"))));
        schema.put("additionalProperties", JsonValue.of(false));
        return new JsonValue.Object(schema);
    }

    /** The budget of which its run asks for more. */
    Optional<String> budget() {
        return asked.name().node() == OpenWait.OF_RUN
                ? Optional.of(asked.name().key().name())
                : Optional.empty();
    }
}
