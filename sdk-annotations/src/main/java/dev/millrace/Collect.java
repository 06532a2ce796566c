package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Gathers starts: one run for many events or calls, with their payloads as its input {@code List<T>}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Collect {

    /** How many at most in one run. At least 2. */
    int maxSize();

    /** How long the first one waits for others. */
    String maxWait();

    /** A CEL expression; only starts of equal value are gathered together. Default: all are. */
    String key() default "";
}
