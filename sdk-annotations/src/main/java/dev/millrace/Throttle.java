package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Drops what is too much: at most {@link #limit()} starts per period; those beyond are refused and recorded. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Throttle {

    /** How many starts each period admits. At least 1. Default: 1. */
    int limit() default 1;

    /** The period. */
    String per();

    /** A CEL expression that splits the limit. Default: one limit for all. */
    String key() default "";
}
