package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Waits for quiet: a start is delayed, and each further one replaces it and begins the delay anew. The last one runs. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Debounce {

    /** How long it must be quiet. */
    String value();

    /** How long the first start waits at most, however busy it stays. Default: no limit but the queue timeout. */
    String maxWait() default "";

    /** A CEL expression; starts of equal value replace each other. Default: all do. */
    String key() default "";
}
