package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How much a run may spend of something that its steps report with {@link StepContext#usage}. */
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
