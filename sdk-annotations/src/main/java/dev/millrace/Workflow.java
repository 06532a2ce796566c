package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a class a workflow: its {@link Step} methods are the nodes of a graph whose edges are the types they exchange.
 *
 * <p>The class is an ordinary one: any constructor, any fields, no base class. It is a top-level or a static nested
 * class, neither private nor abstract. One instance serves all attempts of a worker at once, so its fields must be safe
 * for use by many threads.
 *
 * <pre>{@code
 * @Workflow
 * public class OrderFulfilment {
 *   @Step(timeout = "30s", retries = 3)
 *   Payment charge(Order order) { … }
 *
 *   @Step
 *   Receipt ship(Order order, Payment payment) { … }
 * }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Workflow {

    /**
     * The workflow's name, unique in the tenant. Default: the class name in kebab case, so {@code OrderFulfilment}
     * becomes {@code order-fulfilment}. 1 to 128 letters, digits, {@code .}, {@code _}, {@code :} or {@code -},
     * beginning with a letter or a digit. The name is what is stored: a class may be renamed freely if it says its old
     * name here.
     */
    String value() default "";

    /** One or two sentences for people who meet the workflow in the dashboard. Default: none. */
    String description() default "";

    /** Words to find the workflow by, for example a team's name. Default: none. */
    String[] tags() default {};

    /** Who may start the workflow. Default: every service of the tenant. */
    Visibility visibility() default Visibility.PUBLIC;

    /** How much is kept of finished runs, and for how long. Default: {@link Weight#NORMAL}. */
    Weight weight() default Weight.NORMAL;

    /**
     * The run deadline: how long a run may take from its start to its end, waits and queues included. A run that is
     * still going then ends as {@code TIMED_OUT}, and what it did is compensated. Default: 30 days.
     */
    String timeout() default "";

    /** Which workers may go on with a run that has begun. Default: {@link Pinning#AUTO}. */
    Pinning pinning() default Pinning.AUTO;
}
