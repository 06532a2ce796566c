package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One task per element: for a parameter {@code @Each T}, the step runs once for every element of its parent's
 * {@code List<T>}, each with its own attempts. The results are joined, in order, as {@code List<R>}, which is what other
 * steps take. Without elements the step succeeds at once, with an empty list if it has a value.
 *
 * <p>The list is the result of a step, found by its type or by {@link From}; a step has one such parameter at most, and
 * any number of ordinary ones beside it, which are the same for every element.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Each {}
