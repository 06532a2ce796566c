package dev.millrace.processor.report;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The kinds of errors, by the stable name in {@code [Millrace/…]} that people search for. A tag is never renamed; each has
 * a test.
 */
public enum Tag {
    // The class
    INTERFACE_WORKFLOW,
    ABSTRACT_WORKFLOW,
    GENERIC_WORKFLOW,
    PRIVATE_CLASS,
    INNER_CLASS,
    NO_STEPS,
    STEP_OUTSIDE_WORKFLOW,
    INHERITED_STEP,

    // Methods
    PRIVATE_STEP,
    STATIC_STEP,
    GENERIC_STEP,
    VARARGS_STEP,
    DUPLICATE_STEP,
    CONFLICTING_ANNOTATIONS,
    MISPLACED_ANNOTATION,
    MISPLACED_TYPE,

    // The graph
    UNKNOWN_DEPENDENCY,
    AMBIGUOUS_DEPENDENCY,
    UNKNOWN_STEP,
    TYPE_MISMATCH,
    CYCLE,
    SELF_DEPENDENCY,
    MANY_INPUTS,
    VOID_CONSUMED,
    BAD_WRAPPER,
    NEEDLESS_OPTIONAL,
    UNUSED_RESULT,
    MANY_LISTS,

    // Durable steps, loops, waits and streams
    ACTION_SIGNATURE,
    UNUSED_ACTION,
    DURABLE_SIGNATURE,
    DURABLE_WITHOUT_TIMEOUT,
    GIVEN_TWICE,
    LOOP_SIGNATURE,
    LOOP_WITHOUT_STATE,
    ASYNC_SIGNATURE,
    AWAIT_WITHOUT_TIMEOUT,
    APPROVAL_FORM,
    EMITTER_ELEMENT_TYPE,

    // What runs when a run fails
    COMPENSATES_UNKNOWN,
    COMPENSATES_AMBIGUOUS,
    COMPENSATES_TWICE,
    COMPENSATE_SIGNATURE,
    ON_FAILURE_SIGNATURE,
    TWO_ON_FAILURE,

    // What starts runs, and how they share
    EVENT_WITHOUT_INPUT,
    COLLECT_WITHOUT_LIST,
    BAD_CRON,
    IMPOSSIBLE_CRON,
    BAD_ZONE,
    BAD_CRON_INPUT,
    CONCURRENCY_CONFLICT,
    HELD_TWICE,
    BAD_LABEL,
    LABEL_CONFLICT,
    CIRCUIT_BREAKER_CONFLICT,
    TOLD_TWICE,
    BATCH_SHAPE,

    // How often a method runs, and what answers instead
    TRANSACTIONAL_WITHOUT_CONNECTION,
    CONNECTION_WITHOUT_TRANSACTIONAL,
    TRANSACTIONAL_SHAPE,
    AT_MOST_ONCE_WITH_RETRY,
    UNKNOWN_FALLBACK,
    BAD_FALLBACK,
    RETRIES_WITHOUT_EFFECT,
    RETRIES_OUTLIVE_WORKFLOW,

    // Expressions
    BAD_CEL,

    // Literals
    BAD_NAME,
    RESERVED_NAME,
    BAD_DURATION,
    BAD_RATE,
    BAD_BACKOFF,
    BAD_SLOTS,
    OUT_OF_RANGE,
    RETRIES_BELOW_ZERO,
    TOO_MANY_RETRIES,
    RETRY_CONFLICT,
    RATE_LIMIT_CONFLICT,
    STEP_OUTLIVES_WORKFLOW,

    // Types
    NOT_SERIALIZABLE,
    LARGE_BINARY,
    BAD_CONSTRAINT,
    PRIVATE_TYPE,
    UNRESOLVED_TYPE,

    // The compiler plug-in itself
    NOT_YET_SUPPORTED,
    INTERNAL;

    /** What may be meant, so the compilation goes on; the author can say so. */
    private static final Set<Tag> WARNINGS = EnumSet.of(
            NEEDLESS_OPTIONAL,
            UNUSED_RESULT,
            RETRIES_WITHOUT_EFFECT,
            RETRIES_OUTLIVE_WORKFLOW,
            UNUSED_ACTION,
            DURABLE_WITHOUT_TIMEOUT,
            LOOP_WITHOUT_STATE,
            AWAIT_WITHOUT_TIMEOUT,
            LARGE_BINARY,
            HELD_TWICE);

    /** Whether the compilation goes on. */
    public boolean isWarning() {
        return WARNINGS.contains(this);
    }

    /** The tag as it stands in messages, such as {@code Millrace/UnknownStep}. */
    public String text() {
        var text = new StringBuilder("Millrace/");
        for (String word : name().split("_")) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }
}
