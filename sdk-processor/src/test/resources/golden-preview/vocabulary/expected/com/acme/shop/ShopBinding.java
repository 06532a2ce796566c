package com.acme.shop;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Shop}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * charge --*
 * print  <-+--*   on a condition
 * book   <-+--?--*
 * notify <-------+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value,
 * {@code ?} takes the value, if there is one.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
final class ShopBinding implements WorkflowBinding<Shop> {
    /**
     * For the worker, which finds this class by its name.
     */
    ShopBinding() {
    }

    @Override
    public Class<Shop> workflowClass() {
        return Shop.class;
    }

    @Override
    public String workflow() {
        return "shop";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.shop.Shop.json";
    }

    @Override
    public String version() {
        return "f17a884ee5b9c7ee629a175e6d9472cd";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Shop.Order.class);
    }

    @Override
    public List<MethodBinding<Shop>> steps() {
        return List.of(
                new MethodBinding<Shop>(
                        "charge",
                        List.of(Parameter.input(Shop.Order.class)),
                        TypeRef.of(Shop.Payment.class),
                        (workflow, arguments) -> workflow.charge(arguments.at(0)))
                        .withFallback((workflow, arguments) -> workflow.chargeLater(arguments.at(0))),
                new MethodBinding<Shop>(
                        "print",
                        List.of(Parameter.input(Shop.Order.class), Parameter.parent("charge", Shop.Payment.class)),
                        TypeRef.of(Shop.Label.class),
                        (workflow, arguments) -> workflow.print(arguments.at(0), arguments.at(1))),
                new MethodBinding<Shop>(
                        "book",
                        List.of(
                                Parameter.parent("charge", Shop.Payment.class),
                                Parameter.optional("print", Shop.Label.class),
                                Parameter.connection()),
                        TypeRef.of(Shop.Booking.class),
                        (workflow, arguments) -> workflow.book(arguments.at(0), arguments.at(1), arguments.at(2))),
                new MethodBinding<Shop>(
                        "notify",
                        List.of(Parameter.parent("book", Shop.Booking.class)),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.notify(arguments.<Shop.Booking>at(0));
                            return null;
                        }));
    }

    @Override
    public List<MethodBinding<Shop>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Shop>> onFailure() {
        return Optional.empty();
    }
}
