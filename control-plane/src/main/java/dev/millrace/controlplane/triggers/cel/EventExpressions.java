package dev.millrace.controlplane.triggers.cel;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.expression.Expression;
import dev.millrace.expression.Expressions;
import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.expression.InvalidExpressionException;
import dev.millrace.expression.Scope;
import dev.millrace.expression.ValueType;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Compiles expressions over {@code event}, {@code metadata} and {@code name}, and remembers the {@value #MOST} used last, so that
 * an expression which is used again costs no compilation. What an expression means depends on its text and its purpose alone, so
 * tenants share what is remembered. Safe for use by several threads.
 */
@Singleton
public final class EventExpressions {
    /** How many compiled expressions are remembered; about 20 MB. */
    static final int MOST = 2_000;

    private static final ValueType LABELS = new ValueType.MapOf(ValueType.TEXT);

    private final Expressions scope =
            new Expressions(Scope.of(Map.of("event", ValueType.ANY, "metadata", LABELS, "name", ValueType.TEXT)));
    private final Map<Wanted, Expression> compiled = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Wanted, Expression> eldest) {
            return size() > MOST;
        }
    };

    private record Wanted(String source, Purpose purpose) {}

    /**
     * The expression, ready to be evaluated.
     *
     * @throws InvalidExpressionException with every mistake and its column
     */
    public Expression compile(String source, Purpose purpose) {
        var wanted = new Wanted(source, purpose);
        synchronized (compiled) {
            var known = compiled.get(wanted);
            if (known != null) {
                return known;
            }
        }
        // Outside of the lock: others must not wait while one is compiled. Two at once make the same.
        var made = scope.compile(source, purpose);
        synchronized (compiled) {
            compiled.put(wanted, made);
        }
        return made;
    }

    /**
     * The expression at a place of a request.
     *
     * @throws ApiException with {@link ErrorCode#EXPRESSION_INVALID}, every mistake and its column
     */
    public Expression require(String source, Purpose purpose, String path) {
        try {
            return compile(source, purpose);
        } catch (InvalidExpressionException e) {
            throw new ApiException(
                    ErrorCode.EXPRESSION_INVALID,
                    path + " \"" + source + "\": "
                            + e.problems().stream()
                                    .map(problem -> "column " + problem.column() + ": " + problem.message())
                                    .collect(Collectors.joining(" ")),
                    path);
        }
    }

    int remembered() {
        synchronized (compiled) {
            return compiled.size();
        }
    }
}
