package dev.millrace.expression;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an expression may name: its variables and their types.
 *
 * @param variables by name
 * @param types the structures that {@link ValueType.Ref} names, with those inside the variables' own types
 */
public record Scope(Map<String, ValueType> variables, Map<String, ValueType.Struct> types) {

    public Scope {
        variables = Map.copyOf(new LinkedHashMap<>(variables));
        var all = new TreeMap<>(types);
        variables.values().forEach(type -> collect(type, all));
        types.values().forEach(type -> type.members().values().forEach(member -> collect(member, all)));
        types = Map.copyOf(all);
    }

    /** A scope whose types contain themselves. */
    public static Scope of(Map<String, ValueType> variables) {
        return new Scope(variables, Map.of());
    }

    private static void collect(ValueType type, Map<String, ValueType.Struct> all) {
        if (type instanceof ValueType.ListOf list) {
            collect(list.element(), all);
        } else if (type instanceof ValueType.MapOf map) {
            collect(map.value(), all);
        } else if (type instanceof ValueType.Maybe maybe) {
            collect(maybe.value(), all);
        } else if (type instanceof ValueType.Struct struct) {
            var known = all.putIfAbsent(struct.name(), struct);
            if (known == null) {
                struct.members().values().forEach(member -> collect(member, all));
            } else if (!known.equals(struct)) {
                throw new IllegalArgumentException(
                        "Two different types of one scope have the name " + struct.name() + ".");
            }
        }
    }
}
