package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How much a run may spend of something that its steps report with {@link StepContext#usage}.
 *
 * <p>Before each attempt of a step begins, what the run has used is held against it: at the limit, or where a rate limit of the
 * same name says that the attempt is expected to take more than is left, the attempt does not begin, the run fails with {@code
 * BUDGET_EXCEEDED}, and what it did is compensated; or it asks for more, as {@link #exceeded} says. What attempts that are under way are
 * expected to use is set aside for them: another one that would fit but for that waits until they have ended. Attempts that have begun
 * go on, and may use more. A replay counts what it keeps.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Budgets.class)
public @interface Budget {

    /** The usage name, as in {@code ctx.usage("openai.tokens", n)}. */
    String value();

    /** How much one run may use. More than 0. */
    double limit();

    /** What happens to a run that would use more. Default: it fails. */
    BudgetExceeded exceeded() default BudgetExceeded.FAIL;
}
