package dev.millrace.expression;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says what to write instead of functions and operators of Java that CEL has not. */
final class Functions {
    /** Words of other languages, by what CEL writes. */
    static final Map<String, String> WRITTEN_OTHERWISE =
            Map.of("=", "==", "and", "&&", "AND", "&&", "or", "||", "OR", "||", "not", "!", "is", "==");

    private static final List<String> KNOWN = List.of(
            "size",
            "contains",
            "startsWith",
            "endsWith",
            "matches",
            "has",
            "all",
            "exists",
            "exists_one",
            "filter",
            "map",
            "int",
            "double",
            "string",
            "timestamp",
            "duration");

    private static final Map<String, String> OF_JAVA = Map.ofEntries(
            Map.entry("length", "Write size(…)."),
            Map.entry("count", "Write size(…)."),
            Map.entry("isEmpty", "Write size(…) == 0."),
            Map.entry("isBlank", "Write size(…) == 0."),
            Map.entry("equals", "Write ==."),
            Map.entry("isPresent", "Write has(…)."),
            Map.entry("anyMatch", "Write exists(x, …)."),
            Map.entry("allMatch", "Write all(x, …)."),
            Map.entry("isBefore", "Write <."),
            Map.entry("isAfter", "Write >."),
            Map.entry("not", "Write !."));

    private Functions() {}

    /** The sentences about a function that is not there. */
    static String unknown(String name, Scope scope) {
        return "There is no function '" + name + "'."
                + Optional.ofNullable(OF_JAVA.get(name))
                        .or(() -> member(name, scope)
                                .map(member -> "Members stand without parentheses: '" + member + "'."))
                        .or(() -> Suggestions.nearest(name, KNOWN).map(word -> "Did you mean '" + word + "'?"))
                        .map(hint -> " " + hint)
                        .orElseGet(() -> " There are " + String.join(", ", KNOWN) + ".");
    }

    /** The member that is read like a method: {@code cents()} or {@code getCents()}. */
    private static Optional<String> member(String name, Scope scope) {
        return scope.types().values().stream()
                .flatMap(struct -> struct.members().keySet().stream())
                .filter(member -> member.equals(name)
                        || name.equals("get" + Character.toUpperCase(member.charAt(0)) + member.substring(1)))
                .findFirst();
    }
}
