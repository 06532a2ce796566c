package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a worker had better be like to be given the step. Among the workers that meet every {@link Requires} and have the slots
 * free now, the one whose labels fulfil the most weight is taken, and of those that fulfil as much the least loaded one. A task
 * never waits for a worker that it only prefers. On a class it holds for each method, but for those that say something of the
 * same label themselves.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@Repeatable(Preferences.class)
public @interface Prefers {

    /** The label's name, as the worker gives it. 1 to 256 characters. */
    String label();

    /** How the worker's label compares with the value. Default: it is the same text. */
    LabelComparator comparator() default LabelComparator.EQUAL;

    /** What it is compared with. 1 to 256 characters; a number where the comparator compares numbers. */
    String value();

    /** How much it counts beside other preferences. 1 to 1,000. Default: 1. */
    int weight() default 1;
}
