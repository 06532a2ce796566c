package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a worker must be like to be given the step: only workers whose label compares as said are. Several are all required.
 * While no such worker is connected the task waits, for its queue timeout at most. On a class it holds for each method, but
 * for those that say something of the same label themselves.
 *
 * <pre>{@code
 * @Step
 * @Requires(label = "region", value = "eu")
 * @Requires(label = "memory-gb", comparator = LabelComparator.AT_LEAST, value = "32")
 * Report render(Order order) { … }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@Repeatable(Requirements.class)
public @interface Requires {

    /** The label's name, as the worker gives it. 1 to 256 characters. */
    String label();

    /** How the worker's label compares with the value. Default: it is the same text. */
    LabelComparator comparator() default LabelComparator.EQUAL;

    /** What it is compared with. 1 to 256 characters; a number where the comparator compares numbers. */
    String value();
}
