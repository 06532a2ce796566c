package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that durable code calls as a stored task: it has the policies of a {@link Step}, but is no node of the graph.
 *
 * <p>The compiler writes a facade {@code XSteps} with the same methods; each call through it is its own checkpoint,
 * executed until it is stored and never again. A method called directly is just called.
 *
 * <pre>{@code
 * @Step(timeout = "2d")
 * Report research(Question question, Durable durable) {
 *   var steps = ResearchSteps.of(this, durable);
 *   return steps.write(question, steps.plan(question));
 * }
 *
 * @Action(retries = 3)
 * Plan plan(Question question) { … }
 * }</pre>
 *
 * <p>A parameter is a value that the caller hands over, or a {@link StepContext}, which the facade supplies. The result is
 * a value, an {@code Optional} or nothing. Exceptions that the method declares are not declared by the facade: what
 * durable code sees is an {@link ActionFailedException}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Action {

    /** The action's name, unique in the workflow. Default: the method's name. */
    String name() default "";

    /** How long one attempt may take. Default: 5 minutes. */
    String timeout() default "";

    /** How long the action may wait for a worker, a slot or a limit before it fails. Default: 1 day. */
    String queueTimeout() default "";

    /** How often a failed attempt is repeated: attempts = retries + 1. 0 to 100. Default: 0. */
    int retries() default -1;

    /** How long to wait between attempts. Default: see {@link Backoff}. */
    Backoff backoff() default @Backoff;

    /** Only these exceptions, and their subclasses, are retried. Default: every exception is. */
    Class<? extends Throwable>[] retryOn() default {};

    /** These exceptions, and their subclasses, are never retried; they win over {@link #retryOn()}. Default: none. */
    Class<? extends Throwable>[] noRetryOn() default {};

    /** How often the method may run; not {@link Delivery#TRANSACTIONAL}. Default: {@link Delivery#AT_LEAST_ONCE}. */
    Delivery delivery() default Delivery.AT_LEAST_ONCE;

    /**
     * The name of a method of this class, with the same parameters and the same result and perhaps a {@code Throwable} after
     * them, that answers when all attempts are used up. Default: none.
     */
    String fallback() default "";

    /** How many of a worker's slots an attempt takes. At least 1. Default: 1. */
    int slots() default -1;
}
