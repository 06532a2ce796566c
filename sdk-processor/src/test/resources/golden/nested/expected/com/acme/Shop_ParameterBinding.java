package com.acme;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Shop.Parameter}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * charge --*
 * ship   <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class Shop_ParameterBinding implements WorkflowBinding<Shop.Parameter> {
    /**
     * For the worker, which finds this class by its name.
     */
    public Shop_ParameterBinding() {
    }

    @Override
    public Class<Shop.Parameter> workflowClass() {
        return Shop.Parameter.class;
    }

    @Override
    public String workflow() {
        return "parameter";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.Shop.Parameter.json";
    }

    @Override
    public String version() {
        return "a27ec587824a3b8f6e93d313978c269a";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Shop.Order.class);
    }

    @Override
    public List<MethodBinding<Shop.Parameter>> steps() {
        return List.of(
                new MethodBinding<Shop.Parameter>(
                        "charge",
                        List.of(Parameter.input(Shop.Order.class)),
                        TypeRef.of(Shop.List.class),
                        (workflow, arguments) -> workflow.charge(arguments.<Shop.Order>at(0))),
                new MethodBinding<Shop.Parameter>(
                        "ship",
                        List.of(Parameter.parent("charge", Shop.List.class)),
                        TypeRef.of(Shop.Optional.class),
                        (workflow, arguments) -> workflow.ship(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<Shop.Parameter>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Shop.Parameter>> onFailure() {
        return Optional.empty();
    }
}
