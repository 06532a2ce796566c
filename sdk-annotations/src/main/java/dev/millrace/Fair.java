package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Who shares the workers evenly: waiting tasks are grouped by the key, and the groups take turns by weight, however
 * many tasks each of them has waiting.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Fair {

    /** A CEL expression for the group: {@code "input.customerId"}. */
    String key();

    /** How many turns a group gets beside the others: a positive number, or a CEL expression for one. Default: 1. */
    String weight() default "1";
}
