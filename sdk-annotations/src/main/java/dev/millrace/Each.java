package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One task per element: for a parameter {@code @Each T}, the step runs once for every element of its parent's
 * {@code List<T>}, each with its own attempts. The results are joined, in order, as {@code List<R>}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Each {}
