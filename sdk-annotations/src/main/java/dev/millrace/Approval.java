package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The parameter is a human's answer: the task waits, holding no worker, until somebody fills in the form that the
 * dashboard makes from the fields of the parameter's type, or answers over the API.
 *
 * <p>The type is a record whose components a form can ask for: texts, numbers, booleans, enums, dates and times, optional
 * ones and lists of them.
 *
 * <p>When the time is up, a parameter of type {@code Optional<T>} is empty and a plain {@code T} fails the task.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Approval {

    /** What is asked, as the heading of the form. Default: the name of the step. */
    String value() default "";

    /** The role that may answer. Default: whoever may operate the workflow. */
    String role() default "";

    /** How long to wait, from when the step could begin otherwise. Default: until the run's deadline, about which the compiler warns. */
    String timeout() default "";
}
