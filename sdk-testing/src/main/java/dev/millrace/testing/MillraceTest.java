package dev.millrace.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test method of a JUnit 5 class a {@link TestMillrace} of its own, as a parameter:
 *
 * <pre>{@code
 * @MillraceTest
 * class OrderTest {
 *   @Test
 *   void refundsWhenShippingFails(TestMillrace millrace) {
 *     millrace.worker(new OrderFulfilment(payments, brokenCarrier));
 *     var run = millrace.run(OrderFulfilment.class, order);
 *     assertThat(run.compensated()).isTrue();
 *   }
 * }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(MillraceExtension.class)
public @interface MillraceTest {}
