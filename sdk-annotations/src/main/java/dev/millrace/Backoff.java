package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How long to wait before the next attempt: the n-th wait is drawn evenly between nothing and {@code initial *
 * multiplier^(n-1)}, capped at {@code max}. The jitter is always full, so attempts that failed together do not come back
 * together.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface Backoff {

    /** The longest first wait. Default: 1 second. */
    String initial() default "";

    /** What the longest wait is multiplied with after each attempt. At least 1. Default: 2. */
    double multiplier() default -1;

    /** The longest wait of all; not shorter than {@link #initial()}. Default: 5 minutes. */
    String max() default "";
}
