package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The step runs only if a condition holds; else it is skipped, without asking a worker. What needs the value of a
 * skipped step is skipped too, unless it takes it as {@code Optional} or {@link Outcome}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface When {

    /** A CEL condition over {@code input}, {@code metadata} and the step's parameters: {@code "payment.risk < 0.8"}. */
    String value();
}
