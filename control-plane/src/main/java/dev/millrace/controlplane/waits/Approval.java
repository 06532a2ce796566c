package dev.millrace.controlplane.waits;

import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.SchemaCheck;
import java.util.Optional;

/**
 * An answer that a run waits for.
 *
 * @param role who is asked, as the run says it; empty for whoever may answer
 * @param title what is asked, where the run says it
 * @param schema of the answer
 */
record Approval(String id, OpenedWait asked, String role, Optional<String> title, JsonValue schema, SchemaCheck check) {
    /** Reads what a run asks; throws an {@link IllegalArgumentException} if it does not say so. */
    static Approval of(OpenedWait wait) {
        if (Json.read(wait.ask()) instanceof JsonValue.Object ask
                && ask.members().get("role") instanceof JsonValue.Text role
                && ask.members().containsKey("schema")) {
            var schema = ask.members().get("schema");
            var title = ask.members().get("title") instanceof JsonValue.Text text
                    ? Optional.of(text.value())
                    : Optional.<String>empty();
            return new Approval(ApprovalId.of(wait.name()), wait, role.value(), title, schema, SchemaCheck.of(schema));
        }
        throw new IllegalArgumentException("An approval has a role and a schema.");
    }
}
