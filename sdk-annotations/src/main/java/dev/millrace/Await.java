package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The parameter is the payload of an event: the task waits for it, holding no worker and no slot. It listens from the
 * run's start, so an event that comes before the other parents are done is not missed.
 *
 * <p>When the time is up, a parameter of type {@code Optional<T>} is empty and a plain {@code T} fails the task.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Await {

    /** The event's name. */
    String event();

    /**
     * A CEL condition over {@code event}, {@code input}, {@code metadata} and the event's {@code name}; not over the step's
     * parameters, because the task listens before there are any. Default: every event of that name.
     */
    String where() default "";

    /** How long to wait, from when the step could begin otherwise. Default: until the run's deadline, about which the compiler warns. */
    String timeout() default "";
}
