package dev.millrace.controlplane.triggers.filters;

import dev.millrace.engine.VersionRef;
import dev.millrace.expression.Expression;
import dev.millrace.expression.Expressions;
import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.expression.InvalidExpressionException;
import dev.millrace.expression.ManifestScopes;
import dev.millrace.manifest.Manifest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the filters of one version of a workflow ask of events, by the schema of its input. Each condition is compiled when it is
 * asked for the first time, so filters whose events never come cost nothing. Safe for use by several threads.
 */
final class Conditions {
    private final VersionRef version;
    private final Manifest manifest;
    private final Map<String, Expression> compiled = new ConcurrentHashMap<>();
    private volatile Expressions expressions;

    Conditions(VersionRef version, Manifest manifest) {
        this.version = version;
        this.manifest = manifest;
    }

    boolean isOf(VersionRef other) {
        return version.equals(other);
    }

    /** @throws InvalidExpressionException with every mistake and its column */
    Expression compile(String condition) {
        var known = compiled.get(condition);
        if (known == null) {
            known = scope().compile(condition, Purpose.CONDITION);
            compiled.put(condition, known);
        }
        return known;
    }

    private Expressions scope() {
        if (expressions == null) {
            synchronized (this) {
                if (expressions == null) {
                    expressions = new Expressions(new ManifestScopes(manifest).ofEvent());
                }
            }
        }
        return expressions;
    }

    /** Forgets what no filter asks any more. */
    void keepOnly(Set<String> conditions) {
        compiled.keySet().retainAll(conditions);
    }
}
