package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One call for many tasks: the step takes {@code List<T>} and returns {@code List<R>} of the same length and in the same order,
 * or nothing, and one call serves the tasks of up to {@link #maxSize()} runs. Other steps see the values themselves.
 *
 * <pre>{@code
 * @Step
 * @Batch(maxSize = 100, maxWait = "50ms")
 * List<Vector> embed(List<Document> documents) {
 *     return model.embedAll(documents);
 * }
 * }</pre>
 *
 * <p>Each task keeps what is its own: its attempts, retries and timeout, its permits and tokens. Only the slots are those of one.
 * When the method throws, all tasks of the call have failed, and each is tried again by its own policy, perhaps together with
 * others. {@link BatchFailure} says of each task what became of it. When a run is cancelled, its task leaves the call if that has
 * not begun; else the call goes on, the result for it is dropped, and the call is interrupted once nobody wants it any more.
 *
 * <p>Such a step takes nothing that belongs to one run, such as {@link StepContext}, and has no fallback.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Batch {

    /** How many tasks at most in one call. At least 2. */
    int maxSize();

    /** How long the first task waits for others. Default: 100 milliseconds. */
    String maxWait() default "";

    /** A CEL expression; only tasks of equal value share a call. Default: all do. */
    String key() default "";
}
