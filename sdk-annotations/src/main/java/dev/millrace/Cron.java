package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Starts a run at times of the calendar: exactly one for each, whatever happens to the control plane. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Crons.class)
public @interface Cron {

    /** Minute, hour, day of month, month, day of week, after an optional second: {@code "0 2 * * *"}. */
    String value();

    /** An IANA time zone, for example {@code "Europe/Berlin"}. */
    String zone();

    /** The schedule's name, unique in the workflow. Default: the expression. */
    String name() default "";

    /** The input of each run, as JSON. Default: none. */
    String input() default "";

    /** What to do when the run of the time before has not ended. Default: start this one too. */
    Overlap overlap() default Overlap.ALLOW;

    /** Which of the times that passed while the control plane was down are made up for. Default: the latest. */
    CatchUp catchUp() default CatchUp.LATEST;

    /** Each start is delayed by a random part of this. Default: not at all. */
    String jitter() default "";
}
