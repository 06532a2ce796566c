package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One call for many tasks: the step takes {@code List<T>} and returns {@code List<R>} of the same length, and one
 * attempt serves the tasks of up to {@link #maxSize()} runs. Errors count per element.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Batch {

    /** How many tasks at most in one call. At least 2. */
    int maxSize();

    /** How long the first task waits for others. Default: 100 milliseconds. */
    String maxWait() default "";

    /** A CEL expression; only tasks of equal value share a call. Default: all do. */
    String key() default "";
}
