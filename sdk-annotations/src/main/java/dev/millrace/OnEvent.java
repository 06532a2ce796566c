package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A matching event starts a run; its payload is the input. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(OnEvents.class)
public @interface OnEvent {

    /** The event's name; {@code *} stands for one part of it, as in {@code "order.*"}. */
    String value();

    /** A CEL condition over {@code event}, {@code metadata} and {@code name}. Default: every event of that name. */
    String where() default "";
}
