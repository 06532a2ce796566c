package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How often a step may begin: a token bucket that is shared by every step of the tenant that names it.
 *
 * <p>A step that finds no token waits, without holding a worker and without standing in front of others. The count is
 * exact, because one owner counts. On a class, the limit holds for each of its steps.
 *
 * <pre>{@code
 * @Step
 * @RateLimit(value = "warehouse-api", limit = 50, per = "1s")
 * Reservation reserve(Order order) { … }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@Repeatable(RateLimits.class)
public @interface RateLimit {

    /**
     * The limit's name in the tenant: steps that say the same name share the limit. 1 to 128 letters, digits, {@code .},
     * {@code _}, {@code :} or {@code -}, beginning with a letter or a digit.
     */
    String value();

    /** How many tokens each period brings. At least 1. */
    long limit();

    /** The period. Default: 1 second. */
    String per() default "1s";

    /** How many tokens the bucket holds, so how many may be taken at once after a pause. Default: {@link #limit()}. */
    long burst() default -1;

    /** A CEL expression that splits the limit: each of its values has a bucket of its own. Default: one bucket. */
    String key() default "";

    /** A CEL expression for how many tokens an attempt takes. Default: 1. Corrected by {@link StepContext#settle}. */
    String cost() default "";
}
