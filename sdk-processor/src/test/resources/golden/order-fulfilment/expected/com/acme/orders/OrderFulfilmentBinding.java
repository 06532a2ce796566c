package com.acme.orders;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link OrderFulfilment}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * charge  --*
 * reserve --|--*
 * ship    <-+--+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class OrderFulfilmentBinding implements WorkflowBinding<OrderFulfilment> {
    /**
     * For the worker, which finds this class by its name.
     */
    public OrderFulfilmentBinding() {
    }

    @Override
    public Class<OrderFulfilment> workflowClass() {
        return OrderFulfilment.class;
    }

    @Override
    public String workflow() {
        return "order-fulfilment";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.orders.OrderFulfilment.json";
    }

    @Override
    public String version() {
        return "96dea7afd624e4a42a24b13baa09dfbb";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Order.class);
    }

    @Override
    public List<MethodBinding<OrderFulfilment>> steps() {
        return List.of(
                new MethodBinding<OrderFulfilment>(
                        "charge",
                        List.of(Parameter.input(Order.class), Parameter.context()),
                        TypeRef.of(Payment.class),
                        (workflow, arguments) -> workflow.charge(arguments.at(0), arguments.at(1))),
                new MethodBinding<OrderFulfilment>(
                        "reserve",
                        List.of(Parameter.input(Order.class)),
                        TypeRef.of(Reservation.class),
                        (workflow, arguments) -> workflow.reserve(arguments.at(0))),
                new MethodBinding<OrderFulfilment>(
                        "ship",
                        List.of(
                                Parameter.input(Order.class),
                                Parameter.parent("charge", Payment.class),
                                Parameter.parent("reserve", Reservation.class)),
                        TypeRef.of(Receipt.class),
                        (workflow, arguments) -> workflow.ship(arguments.at(0), arguments.at(1), arguments.at(2))));
    }

    @Override
    public List<MethodBinding<OrderFulfilment>> compensations() {
        return List.of(
                new MethodBinding<OrderFulfilment>(
                        "refund",
                        List.of(Parameter.parent("charge", Payment.class)),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.refund(arguments.at(0));
                            return null;
                        }));
    }

    @Override
    public Optional<MethodBinding<OrderFulfilment>> onFailure() {
        return Optional.of(
                new MethodBinding<OrderFulfilment>(
                        "alert",
                        List.of(Parameter.input(Order.class), Parameter.failure()),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.alert(arguments.at(0), arguments.at(1));
                            return null;
                        }));
    }
}
