package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The step's value is the run's result, or a part of it.
 *
 * <p>Without it, the steps with a value that no other step with a value waits for are the result: one gives its value,
 * several a generated record of them. Void steps never change it. As soon as one step of a workflow has {@code @Result},
 * only the steps that have it count.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Result {}
