package dev.millrace.processor.schema;

import dev.millrace.manifest.JsonValue;
import dev.millrace.processor.model.TypeSystem;
import java.util.List;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.VariableElement;

/** What whoever calls a method by its name has to hand over, and what its comment says of it. Stateless. */
public final class ArgumentsSchema {
    private ArgumentsSchema() {}

    /** The schema of an object with a member for each of these parameters of a method, and no other. */
    public static JsonValue of(ExecutableElement method, List<? extends VariableElement> parameters, TypeSystem types) {
        return SchemaBuilder.ofParameters(method, parameters, types);
    }

    /** The first paragraph of the comment of a method; empty for none. */
    public static String description(ExecutableElement method, TypeSystem types) {
        return new Javadoc(types).of(method).orElse("");
    }
}
