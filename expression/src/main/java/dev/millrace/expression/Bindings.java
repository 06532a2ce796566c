package dev.millrace.expression;

import dev.millrace.manifest.JsonValue;
import java.util.HashMap;
import java.util.Map;

/** Variables, converted once for all expressions of one scope; made by {@link Expression#bindAll}. Immutable. */
public final class Bindings {
    private final Scope scope;
    private final Map<String, Object> values;

    private Bindings(Scope scope, Map<String, Object> values) {
        this.scope = scope;
        this.values = values;
    }

    static Bindings of(Scope scope, Map<String, JsonValue> variables) {
        var values = new HashMap<String, Object>();
        variables.forEach((name, value) -> {
            var type = scope.variables().get(name);
            if (type != null) {
                values.put(name, Values.bind(value, type, scope));
            }
        });
        return new Bindings(scope, values);
    }

    Scope scope() {
        return scope;
    }

    Map<String, Object> values() {
        return values;
    }
}
