package dev.millrace.worker;

import dev.millrace.NonRetryableException;
import dev.millrace.RetryAfterException;
import dev.millrace.binding.MethodBinding;
import dev.millrace.wire.worker.v1.Failure;
import dev.millrace.worker.durable.ActionFailure;
import dev.millrace.worker.durable.CallPolicy;
import dev.millrace.worker.durable.Thrown;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Turns what a method threw into what the control plane is told. Whether it may be retried is decided here, because only here
 * the classes of exceptions are known.
 */
final class Failures {
    private static final int LONGEST_STACK = 16 * 1024;
    private static final int LONGEST_MESSAGE = 4 * 1024;

    private Failures() {}

    /** What a method threw. */
    static Failure thrown(Throwable thrown, MethodBinding<?> method) {
        var causes = causes(thrown);
        var failure = Failure.newBuilder()
                .setType(thrown.getClass().getName())
                .setMessage(
                        text(String.valueOf(thrown.getMessage() == null ? "" : thrown.getMessage()), LONGEST_MESSAGE))
                .setStackTrace(text(stackTrace(thrown), LONGEST_STACK))
                .setNonRetryable(causes.stream().anyMatch(NonRetryableException.class::isInstance)
                        || !retried(unwrapped(thrown), method));
        first(causes, RetryAfterException.class)
                .ifPresent(later -> failure.setRetryAfterMillis(later.delay().toMillis())
                        .setRateLimit(later.rateLimit().orElse("")));
        return failure.build();
    }

    /** What the exception of an action means for durable code. */
    static Thrown ofAction(Throwable thrown, CallPolicy policy) {
        var causes = causes(thrown);
        boolean nonRetryable = causes.stream().anyMatch(NonRetryableException.class::isInstance)
                || !retried(unwrapped(thrown), policy.retryOn(), policy.noRetryOn());
        return new Thrown(
                new ActionFailure(
                        thrown.getClass().getName(),
                        text(String.valueOf(thrown.getMessage() == null ? "" : thrown.getMessage()), LONGEST_MESSAGE),
                        text(stackTrace(thrown), LONGEST_STACK)),
                nonRetryable,
                first(causes, RetryAfterException.class)
                        .map(RetryAfterException::delay)
                        .orElse(Duration.ZERO));
    }

    /** A failure that no exception of the application stands for; trying again would not help. */
    static Failure of(String code, String message) {
        return Failure.newBuilder()
                .setType(code)
                .setMessage(text(message, LONGEST_MESSAGE))
                .setNonRetryable(true)
                .build();
    }

    private static boolean retried(Throwable thrown, MethodBinding<?> method) {
        return retried(thrown, method.retryOn(), method.noRetryOn());
    }

    private static boolean retried(
            Throwable thrown, List<Class<? extends Throwable>> retryOn, List<Class<? extends Throwable>> noRetryOn) {
        if (noRetryOn.stream().anyMatch(type -> type.isInstance(thrown))) {
            return false;
        }
        return retryOn.isEmpty() || retryOn.stream().anyMatch(type -> type.isInstance(thrown));
    }

    /** Wrappers that say only where an exception was thrown would hide which one it is. */
    private static Throwable unwrapped(Throwable thrown) {
        var inner = thrown;
        while ((inner instanceof ExecutionException
                        || inner instanceof CompletionException
                        || inner instanceof InvocationTargetException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** The exception and its causes, each once: causes may go in circles. */
    private static List<Throwable> causes(Throwable thrown) {
        var seen = Collections.<Throwable>newSetFromMap(new IdentityHashMap<>());
        var causes = new ArrayList<Throwable>();
        for (var each = thrown; each != null && seen.add(each); each = each.getCause()) {
            causes.add(each);
        }
        return causes;
    }

    private static <T> Optional<T> first(List<Throwable> causes, Class<T> type) {
        return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    private static String stackTrace(Throwable thrown) {
        var text = new StringWriter();
        try {
            thrown.printStackTrace(new PrintWriter(text));
        } catch (RuntimeException e) {
            // an exception that cannot print itself must not cost the report of it
            text.append(thrown.getClass().getName())
                    .append(" (its stack trace cannot be printed: ")
                    .append(e.toString())
                    .append(")");
        }
        return text.toString();
    }

    /** Short enough, and without what databases cannot hold. */
    private static String text(String text, int longest) {
        String cut = text.length() <= longest ? text : text.substring(0, longest - 4) + "\n...";
        return cut.replace('\0', '\uFFFD');
    }
}
