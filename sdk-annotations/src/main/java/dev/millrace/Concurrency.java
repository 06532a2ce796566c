package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How many may go on at once. On a class it counts runs, from their admission to their end; on a step it counts live
 * attempts, so a task that waits or backs off holds no permit.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@Repeatable(Concurrencies.class)
public @interface Concurrency {

    /**
     * A CEL expression that splits the limit: {@code "input.customerId"} gives each customer a limit of its own.
     * Default: one limit for all.
     */
    String key() default "";

    /** How many at once. At least 1. */
    int limit();

    /** What becomes of those beyond the limit. Default: they wait their fair turn. */
    ConcurrencyStrategy strategy() default ConcurrencyStrategy.QUEUE;

    /** A name that other workflows of the tenant may use too, to share the limit. Default: the limit is its own. */
    String name() default "";
}
