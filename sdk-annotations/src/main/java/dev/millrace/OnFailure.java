package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Called once when a run has failed or timed out, after its compensations. At most one method of a workflow.
 *
 * <p>It may take the workflow's input, the {@link RunFailure} and a {@link StepContext}, in any order, and returns
 * nothing. If it fails itself, that is recorded; the run's state stays as it is.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnFailure {

    /** How long one attempt may take. Default: 5 minutes. */
    String timeout() default "";

    /** How often a failed attempt is repeated. 0 to 100. Default: 0. */
    int retries() default -1;

    /** How long to wait between attempts. Default: see {@link Backoff}. */
    Backoff backoff() default @Backoff;
}
