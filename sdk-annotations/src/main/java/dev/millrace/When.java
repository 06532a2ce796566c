package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The step runs only if a condition holds; else it is skipped, without asking a worker. What needs the value of a
 * skipped step is skipped too, unless it takes it as {@code Optional} or {@link Outcome}.
 *
 * <p>Where a step has a task for each element, a condition that names the {@link Each} parameter is asked for each element, and
 * elements for which it does not hold are left out; one that does not name it decides about the whole step. A condition that has
 * no value fails the step with {@code CONDITION_FAILED}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface When {

    /** A CEL condition over {@code input}, {@code metadata} and the step's parameters: {@code "payment.risk < 0.8"}. */
    String value();
}
