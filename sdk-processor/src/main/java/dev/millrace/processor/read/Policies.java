package dev.millrace.processor.read;

import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.Defaults;
import dev.millrace.manifest.Delivery;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.util.Elements;

/** What the annotations of a method say about its attempts, with the defaults for what they leave out. */
public final class Policies {
    private Policies() {}

    /**
     * The policy of a method whose literals are known to be right.
     *
     * @param timeout how long an attempt may take, if the method leaves it out
     */
    public static StepPolicy of(Method method, Duration timeout, Elements elements) {
        var annotation = method.annotation();
        var backoff = annotation.nested("backoff");
        var delivery = annotation.constant("delivery");
        return new StepPolicy(
                        duration(annotation, "timeout", timeout),
                        duration(annotation, "queueTimeout", Defaults.QUEUE_TIMEOUT),
                        number(annotation, "retries", Defaults.RETRIES),
                        backoff.isPresent() ? backoff(backoff.get()) : Defaults.BACKOFF,
                        delivery.isPresent() ? Delivery.valueOf(delivery.get()) : Defaults.DELIVERY,
                        number(annotation, "slots", Defaults.SLOTS),
                        classNames(annotation, "retryOn", elements),
                        classNames(annotation, "noRetryOn", elements))
                .withSlotKind(annotation.text("slotKind").orElse(""));
    }

    /** A written whole number, or the default if it is left out. */
    public static int number(Mirror annotation, String member, int byDefault) {
        var number = annotation.number(member);
        return number.isPresent() ? number.get().intValue() : byDefault;
    }

    /** A written duration, or the default if it is left out or wrong. */
    public static Duration duration(Mirror annotation, String member, Duration byDefault) {
        var text = annotation.text(member);
        return text.isPresent() ? DurationLiteral.any(text.get()).asOptional().orElse(byDefault) : byDefault;
    }

    /** The run deadline as it is told in messages: as written, or the default. */
    public static String deadlineText(Mirror workflow) {
        return workflow.text("timeout").orElse(Defaults.RUN_DEADLINE.toDays() + "d, the default");
    }

    private static Backoff backoff(Mirror backoff) {
        var initial = duration(backoff, "initial", Defaults.BACKOFF.initial());
        var multiplier = backoff.number("multiplier").map(Number::doubleValue).orElse(Defaults.BACKOFF.multiplier());
        return new Backoff(initial, multiplier, longestWait(backoff));
    }

    /** The longest wait of a backoff; if it is left out, the default or the first wait, whichever is longer. */
    public static Duration longestWait(Mirror backoff) {
        var initial = duration(backoff, "initial", Defaults.BACKOFF.initial());
        var byDefault = Defaults.BACKOFF.max().compareTo(initial) < 0 ? initial : Defaults.BACKOFF.max();
        return duration(backoff, "max", byDefault);
    }

    /** Names as {@code Class.getName()} gives them, because that is what is compared when an attempt fails. */
    private static List<String> classNames(Mirror annotation, String member, Elements elements) {
        var names = new ArrayList<String>();
        for (var type : annotation.types(member)) {
            names.add(elements.getBinaryName((TypeElement) ((DeclaredType) type).asElement())
                    .toString());
        }
        return names;
    }
}
