package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Undoes a step that succeeded, if the run fails, times out or is cancelled later: {@code @Compensate void
 * refund(Payment payment)} undoes the step that returned the {@code Payment}.
 *
 * <p>Compensations begin when no attempt of the run is live, and run one after the other, in reverse order of
 * completion. Each has its own retries; one that fails for good is recorded and does not stop the others. Besides the
 * value it undoes, the method may take the workflow's input and a {@link StepContext}. It returns nothing.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Compensate {

    /** The name of the step to undo; needed where two steps return the parameter's type. Default: found by type. */
    String value() default "";

    /** How long one attempt may take. Default: 5 minutes. */
    String timeout() default "";

    /** How often a failed attempt is repeated. 0 to 100. Default: 0. */
    int retries() default -1;

    /** How long to wait between attempts. Default: see {@link Backoff}. */
    Backoff backoff() default @Backoff;
}
