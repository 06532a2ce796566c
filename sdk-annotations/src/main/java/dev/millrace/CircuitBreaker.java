package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Stops calling what keeps failing: each worker counts the outcomes of the step's attempts, and while too many of them
 * fail, further ones fail at once, or are answered by the step's fallback, for a while.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface CircuitBreaker {

    /** A name; steps of the worker that share it share the circuit. Default: the step's own. */
    String value() default "";

    /** The share of failures, above 0 and at most 1, that opens the circuit. Default: 0.5. */
    double failureRate() default 0.5;

    /** How many outcomes are looked at, and how many there must be before the circuit may open. Default: 20. */
    int window() default 20;

    /** How long the circuit stays open before it lets an attempt through again. Default: 30 seconds. */
    String openFor() default "30s";
}
