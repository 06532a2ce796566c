package dev.millrace.manifest;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a task waits for before it runs, holding no worker: an event, or a human's answer to a form.
 *
 * @param name name of the event; of a form its heading, 1 to 128 characters
 * @param where CEL condition that the event must meet; empty for every event of that name, and always for a form
 * @param timeout how long to wait; empty for until the run's deadline
 * @param role the role that may answer a form; empty for whoever may operate the workflow, and always for an event
 * @param type Java name of the payload's type, for people only
 * @param schema JSON Schema of the payload, from which the form is made
 */
public record WaitSpec(
        String name, String where, Optional<Duration> timeout, String role, String type, JsonValue schema) {
    public WaitSpec {
        Limits.requireTitle("name", "What a task waits for", name);
        Limits.requireExpression("where", "The condition on '" + name + "'", where);
        timeout.ifPresent(time -> Limits.requirePositive("timeout", "The time to wait for '" + name + "'", time));
        Names.requireNameOrNone("role", "role", role);
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(schema, "schema");
    }
}
