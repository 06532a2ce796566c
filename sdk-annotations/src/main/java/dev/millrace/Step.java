package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a {@link Workflow} class a step: a node of the graph that runs on a worker, is retried by its own
 * policy and has its result stored.
 *
 * <p>A parameter is the result of the step that returns its type, or the workflow's input; {@link From} chooses where
 * two steps return the same type. A step without such parameters starts with the run. Steps that do not wait for each
 * other run side by side.
 *
 * <p>The method is not private, static, generic or variadic, and no other step has its name. It may throw anything: an
 * exception ends the attempt, and the policy below decides whether there is another one. An attempt that outlives its
 * timeout or its run is interrupted and its result refused.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Step {

    /**
     * The step's name, unique in the workflow. Default: the method's name. 1 to 128 letters, digits,
     * {@code .}, {@code _}, {@code :} or {@code -}, beginning with a letter or a digit. Stored with every run: keep it
     * when you rename the method.
     */
    String name() default "";

    /**
     * How long one attempt may take, from its start; for a durable step, all its time, waits
     * included. Default: 5 minutes.
     */
    String timeout() default "";

    /**
     * How long the step may wait for a worker, a slot or a limit before it fails. Default: 1 day. Backing off between
     * attempts does not count.
     */
    String queueTimeout() default "";

    /** How often a failed attempt is repeated: attempts = retries + 1. 0 to 100. Default: 0. */
    int retries() default -1;

    /** How long to wait between attempts. Default: see {@link Backoff}. */
    Backoff backoff() default @Backoff;

    /** Only these exceptions, and their subclasses, are retried. Default: every exception is. */
    Class<? extends Throwable>[] retryOn() default {};

    /** These exceptions, and their subclasses, are never retried; they win over {@link #retryOn()}. Default: none. */
    Class<? extends Throwable>[] noRetryOn() default {};

    /** How often the method may run. Default: {@link Delivery#AT_LEAST_ONCE}. */
    Delivery delivery() default Delivery.AT_LEAST_ONCE;

    /** Names of steps that must have succeeded first, although no data comes from them. Default: none. */
    String[] after() default {};

    /**
     * The name of a method of this class, with the same parameters and the same result, that answers when all attempts
     * are used up or the circuit breaker is open. It may take a {@code Throwable} as one more parameter, the last: what the
     * last attempt threw, or that the circuit is open. Of two such methods, that one is called. Default: none.
     */
    String fallback() default "";

    /** How many of a worker's slots an attempt takes. At least 1. Default: 1. */
    int slots() default -1;

    /**
     * Of which kind those slots are: a name that workers give to slots of their own for some scarce thing of theirs, such as
     * {@code "gpu"} for {@code millrace.worker(…).slots("gpu", 2)}. Named and other slots are counted apart. The step waits until a
     * worker has as many of that kind. Default: the slots that every worker has.
     */
    String slotKind() default "";
}
