package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Brings a step back to the worker where its run was last: the one on which the run's latest attempt that succeeded ran, so
 * that files and caches there can be used again. The first step of a run goes anywhere. On a class it holds for each method
 * that does not say otherwise.
 *
 * <pre>{@code
 * @Workflow
 * @Sticky
 * class Video { … }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Sticky {

    /** How much the worker matters. Default: it is taken when it has room. */
    Stickiness value() default Stickiness.SOFT;
}
