package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The parameter is the workflow's input.
 *
 * <p>Needed only where the compiler cannot see it: a type that no step returns is the input anyway. Write it where a step
 * returns the input's type too, for example a step that enriches an {@code Order} and returns an {@code Order}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Input {}
