package dev.millrace.expression;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Compiles expressions in one scope. Making one costs tens of milliseconds the first time in a JVM: keep it as long as the
 * scope lives. Immutable; safe for use by many threads.
 *
 * <p>Limits: {@value #MAX_LENGTH} code points, {@value #MAX_DEPTH} levels of nesting, {@value #MAX_ITERATIONS} iterations
 * of comprehensions per evaluation (nested ones share them), regular expressions of {@value #MAX_REGEX} instructions, which
 * run in linear time. Where macros go over lists, one evaluation may cost {@value #MAX_COST}: about a hundredth of a second.
 */
public final class Expressions {
    public static final int MAX_LENGTH = 1_024;
    public static final int MAX_DEPTH = 32;
    public static final int MAX_ITERATIONS = 10_000;
    public static final int MAX_REGEX = 1_000;
    /** The most parts that one evaluation may go through, with a part more for each element and 32 characters read. */
    public static final int MAX_COST = 1_000_000;
    /** The most characters of the value of a key. */
    public static final int MAX_KEY_LENGTH = 256;

    private static final CelOptions OPTIONS = CelOptions.current()
            .maxExpressionCodePointSize(MAX_LENGTH)
            .maxParseRecursionDepth(MAX_DEPTH)
            .comprehensionMaxIterations(MAX_ITERATIONS)
            .maxRegexProgramSize(MAX_REGEX)
            .enableHeterogeneousNumericComparisons(true)
            .build();

    private static final Pattern UNDEFINED_FIELD = Pattern.compile("undefined field '([^']*)'");
    private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'.*");
    private static final Pattern WORD = Pattern.compile("(?:input|at:) '([a-zA-Z]+|=)\\s*'");
    private static final Pattern NO_OVERLOAD =
            Pattern.compile("found no matching overload for '([^']*)' applied to '(.*?)'( \\(candidates.*)?");

    /** What an expression is for, and so what its value must be. */
    public enum Purpose {
        /** {@code where} and {@code when}: true or false. */
        CONDITION("true or false"),
        /** {@code key}: text, a whole number, or true or false. */
        KEY("text, a whole number, or true or false"),
        /** {@code cost}: a whole number. */
        COST("a whole number"),
        /** {@code weight}: a number. */
        WEIGHT("a number"),
        /** Anything. */
        ANY("anything");

        private final String wanted;

        Purpose(String wanted) {
            this.wanted = wanted;
        }

        boolean accepts(CelType type) {
            return switch (this) {
                case CONDITION -> type.equals(SimpleType.BOOL) || type.equals(SimpleType.DYN);
                case KEY ->
                    type.equals(SimpleType.STRING)
                            || type.equals(SimpleType.INT)
                            || type.equals(SimpleType.UINT)
                            || type.equals(SimpleType.BOOL)
                            || type.equals(SimpleType.DYN);
                case WEIGHT -> COST.accepts(type) || type.equals(SimpleType.DOUBLE);
                case COST -> type.equals(SimpleType.INT) || type.equals(SimpleType.UINT) || type.equals(SimpleType.DYN);
                case ANY -> true;
            };
        }
    }

    private final Scope scope;
    private final CelCompiler compiler;

    public Expressions(Scope scope) {
        this.scope = scope;
        this.compiler = compiler(scope, Set.of(), (struct, member) -> {});
    }

    /**
     * A compiler for a scope.
     *
     * @param further members that every structure has, of any type
     * @param met told of each use of one that a structure does not have but for that
     */
    private static CelCompiler compiler(Scope scope, Set<String> further, BiConsumer<ValueType.Struct, String> met) {
        var structs = new TreeMap<String, CelType>();
        scope.types().forEach((name, struct) -> {
            var members = new TreeSet<>(struct.members().keySet());
            members.addAll(further);
            structs.put(name, StructType.create(name, ImmutableSet.copyOf(members), member -> {
                var type = struct.members().get(member);
                if (type == null) {
                    met.accept(struct, member);
                    return Optional.of(SimpleType.DYN);
                }
                return Optional.of(celType(type));
            }));
        });
        var builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .setTypeProvider(new Types(structs));
        new TreeMap<>(scope.variables()).forEach((name, type) -> builder.addVar(name, celType(type)));
        return builder.build();
    }

    /** What evaluates; apart, so that whoever only checks never loads it. Immutable, safe for use by many threads. */
    private static final class Evaluation {
        static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder()
                .setOptions(OPTIONS)
                .build();
    }

    /**
     * Checks an expression that somebody else will evaluate.
     *
     * @throws InvalidExpressionException with every problem
     */
    public void check(String source, Purpose purpose) {
        checked(source, purpose);
    }

    /**
     * Checks and compiles an expression.
     *
     * @throws InvalidExpressionException with every problem
     */
    public Expression compile(String source, Purpose purpose) {
        var ast = checked(source, purpose);
        try {
            return new Expression(
                    source,
                    scope,
                    Evaluation.RUNTIME.createProgram(ast),
                    ast.getResultType(),
                    Cost.of(ast),
                    names(ast));
        } catch (CelEvaluationException e) {
            throw unreadable(source, e);
        }
    }

    /** Also one that a macro hides behind a variable of its own: naming more than it needs does no harm. */
    private Set<String> names(CelAbstractSyntaxTree ast) {
        return CelNavigableAst.fromAst(ast)
                .getRoot()
                .allNodes()
                .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.IDENT)
                .map(node -> node.expr().ident().name())
                .filter(scope.variables()::containsKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static InvalidExpressionException unreadable(String source, Exception e) {
        return new InvalidExpressionException(
                source, List.of(new InvalidExpressionException.Problem(1, String.valueOf(e.getMessage()))));
    }

    private CelAbstractSyntaxTree checked(String source, Purpose purpose) {
        var result = compiler.compile(source);
        if (result.hasError()) {
            throw new InvalidExpressionException(source, problems(source, result.getErrors()));
        }
        try {
            var ast = result.getAst();
            if (!purpose.accepts(ast.getResultType())) {
                throw new InvalidExpressionException(
                        source,
                        List.of(new InvalidExpressionException.Problem(
                                1,
                                "It must be " + purpose.wanted + ", but is "
                                        + readable(ast.getResultType().name()) + ".")));
            }
            var wrong = Comparisons.check(ast, scope);
            if (!wrong.isEmpty()) {
                throw new InvalidExpressionException(source, wrong);
            }
            return ast;
        } catch (CelValidationException e) {
            throw unreadable(source, e);
        }
    }

    private static String hint(String types) {
        if (types.contains("null")) {
            return " Write has(…) around a member to ask whether it is there.";
        }
        if (types.contains("string") && types.contains("Timestamp")) {
            return " Write timestamp('2026-01-31T00:00:00Z') around the text.";
        }
        return types.contains("string") && types.contains("Duration") ? " Write duration('30s') around the text." : "";
    }

    private List<InvalidExpressionException.Problem> problems(String source, List<CelIssue> issues) {
        var problems = new ArrayList<InvalidExpressionException.Problem>();
        var owners = ownersOfUnknown(source, issues);
        for (var issue : issues) {
            int column = Math.max(0, issue.getSourceLocation().getColumn());
            var message = issue.getMessage();
            var field = UNDEFINED_FIELD.matcher(message);
            var undeclared = UNDECLARED.matcher(message);
            var overload = NO_OVERLOAD.matcher(message);
            if (field.matches()) {
                // CEL points at the dot; people look at the name.
                problems.add(
                        new InvalidExpressionException.Problem(column + 2, undefinedField(field.group(1), owners)));
            } else if (undeclared.matches()) {
                var name = undeclared.group(1);
                int offset = source.offsetByCodePoints(0, column);
                boolean called = source.startsWith("(", offset);
                int begin = source.codePointCount(0, Math.max(0, source.lastIndexOf(name, offset)));
                problems.add(
                        called
                                ? new InvalidExpressionException.Problem(begin + 1, Functions.unknown(name, scope))
                                : new InvalidExpressionException.Problem(column + 1, undeclared(name)));
            } else if (overload.matches()) {
                problems.add(new InvalidExpressionException.Problem(
                        column + 1,
                        "'" + operator(overload.group(1)) + "' does not work on " + readable(overload.group(2)) + "."
                                + hint(overload.group(2))));
            } else {
                // After the first word that is not understood, the others mean nothing.
                return List.of(new InvalidExpressionException.Problem(column + 1, sentence(source, message)));
            }
        }
        problems.sort(Comparator.comparingInt(InvalidExpressionException.Problem::column));
        return problems;
    }

    /**
     * For each member that is not there the structures in which it was looked for, in the order of the expression. CEL does
     * not tell, so the expression is checked once more, with structures that have these members and do tell.
     */
    private Map<String, Deque<ValueType.Struct>> ownersOfUnknown(String source, List<CelIssue> issues) {
        var owners = new TreeMap<String, Deque<ValueType.Struct>>();
        for (var issue : issues) {
            var field = UNDEFINED_FIELD.matcher(issue.getMessage());
            if (field.matches()) {
                owners.put(field.group(1), new ArrayDeque<>());
            }
        }
        if (!owners.isEmpty()) {
            compiler(
                            scope,
                            owners.keySet(),
                            (struct, member) -> owners.get(member).add(struct))
                    .compile(source);
        }
        return owners;
    }

    private static String undefinedField(String name, Map<String, Deque<ValueType.Struct>> owners) {
        var structs = owners.get(name);
        if (structs.isEmpty()) {
            return "There is no member '" + name + "'.";
        }
        var struct = structs.size() == 1 ? structs.peek() : structs.poll();
        var members = new TreeSet<>(struct.members().keySet());
        return struct.name() + " has no '" + name + "'"
                + (members.isEmpty() ? ", and no other member." : "; it has " + String.join(", ", members) + ".")
                + Suggestions.nearest(name, members)
                        .map(word -> " Did you mean '" + word + "'?")
                        .orElse("");
    }

    private String undeclared(String name) {
        return "There is no '" + name + "' here; there are "
                + String.join(", ", new TreeSet<>(scope.variables().keySet())) + "."
                + Suggestions.nearest(name, scope.variables().keySet())
                        .or(() -> variableWith(name).map(variable -> variable + "." + name))
                        .map(word -> " Did you mean '" + word + "'?")
                        .orElse("");
    }

    /** The first variable that has a member of a name. */
    private Optional<String> variableWith(String member) {
        return new TreeMap<>(scope.variables())
                .entrySet().stream()
                        .filter(variable -> celType(variable.getValue()) instanceof StructTypeReference reference
                                && scope.types().containsKey(reference.name())
                                && scope.types().get(reference.name()).members().containsKey(member))
                        .map(Map.Entry::getKey)
                        .findFirst();
    }

    private static String operator(String function) {
        return function.replaceAll("^!?_|_$", "").replace("_", " ").trim();
    }

    private static String readable(String types) {
        return types.replace("google.protobuf.Timestamp", "timestamp")
                .replace("google.protobuf.Duration", "duration")
                .replaceAll("^\\((.*), (.*)\\)$", "$1 and $2")
                .replaceAll("^(.*)\\.\\(\\)$", "$1")
                .replaceAll("wrapper\\((\\w+)\\)", "$1");
    }

    private static String sentence(String source, String message) {
        if (message.contains("mismatched input '<EOF>'") || message.contains("at '<EOF>'")) {
            return "The expression ends too early.";
        }
        if (message.contains("exceeds limit") || message.contains("exceeded")) {
            return "The expression is too long or too deeply nested: at most " + MAX_LENGTH + " characters and "
                    + MAX_DEPTH + " levels, but it has " + source.codePointCount(0, source.length()) + " characters.";
        }
        var word = WORD.matcher(message);
        if (word.find() && Functions.WRITTEN_OTHERWISE.containsKey(word.group(1))) {
            return "There is no '" + word.group(1) + "' in CEL; write '"
                    + Functions.WRITTEN_OTHERWISE.get(word.group(1)) + "'.";
        }
        int expecting = message.indexOf(" expecting ");
        return Character.toUpperCase(message.charAt(0))
                + message.substring(1, expecting < 0 ? message.length() : expecting) + ".";
    }

    private static CelType celType(ValueType type) {
        if (type instanceof ValueType.Simple simple) {
            return switch (simple.kind()) {
                case BOOL -> SimpleType.BOOL;
                case INT -> SimpleType.INT;
                case DOUBLE -> SimpleType.DOUBLE;
                case TEXT -> SimpleType.STRING;
                case TIMESTAMP -> SimpleType.TIMESTAMP;
                case DURATION -> SimpleType.DURATION;
                case ANY -> SimpleType.DYN;
            };
        } else if (type instanceof ValueType.OneOf) {
            return SimpleType.STRING;
        } else if (type instanceof ValueType.Maybe maybe) {
            return nullable(celType(maybe.value()));
        } else if (type instanceof ValueType.ListOf list) {
            return ListType.create(celType(list.element()));
        } else if (type instanceof ValueType.MapOf map) {
            return MapType.create(SimpleType.STRING, celType(map.value()));
        } else if (type instanceof ValueType.Struct struct) {
            return StructTypeReference.create(struct.name());
        } else {
            return StructTypeReference.create(((ValueType.Ref) type).name());
        }
    }

    /** Structures can be null as they are; of lists and maps CEL knows no nullable form, so they are checked late. */
    private static CelType nullable(CelType type) {
        return type instanceof StructTypeReference
                ? type
                : type instanceof ListType || type instanceof MapType ? SimpleType.DYN : NullableType.create(type);
    }

    private record Types(Map<String, CelType> byName) implements CelTypeProvider {
        @Override
        public ImmutableCollection<CelType> types() {
            return ImmutableList.copyOf(byName.values());
        }

        @Override
        public Optional<CelType> findType(String name) {
            return Optional.ofNullable(byName.get(name));
        }
    }
}
