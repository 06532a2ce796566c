package com.acme;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Payments}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * charge
 * }</pre>
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class PaymentsBinding implements WorkflowBinding<Payments> {
    /**
     * For the worker, which finds this class by its name.
     */
    public PaymentsBinding() {
    }

    @Override
    public Class<Payments> workflowClass() {
        return Payments.class;
    }

    @Override
    public String workflow() {
        return "payments";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.Payments.json";
    }

    @Override
    public String version() {
        return "e62da1ad96402a8190f3e28d4de5a146";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Payments.Payment.class);
    }

    @Override
    public List<MethodBinding<Payments>> steps() {
        return List.of(
                new MethodBinding<Payments>(
                        "charge",
                        List.of(Parameter.input(Payments.Payment.class)),
                        TypeRef.of(Payments.Receipt.class),
                        (workflow, arguments) -> workflow.charge(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<Payments>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Payments>> onFailure() {
        return Optional.empty();
    }
}
