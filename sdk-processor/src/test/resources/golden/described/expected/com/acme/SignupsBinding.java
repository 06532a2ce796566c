package com.acme;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Signups}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * open
 * }</pre>
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class SignupsBinding implements WorkflowBinding<Signups> {
    /**
     * For the worker, which finds this class by its name.
     */
    public SignupsBinding() {
    }

    @Override
    public Class<Signups> workflowClass() {
        return Signups.class;
    }

    @Override
    public String workflow() {
        return "signups";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.Signups.json";
    }

    @Override
    public String version() {
        return "14026bd7cdd983b4d023b26bd38a72f3";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Signup.class);
    }

    @Override
    public List<MethodBinding<Signups>> steps() {
        return List.of(
                new MethodBinding<Signups>(
                        "open",
                        List.of(Parameter.input(Signup.class)),
                        TypeRef.of(Account.class),
                        (workflow, arguments) -> workflow.open(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<Signups>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Signups>> onFailure() {
        return Optional.empty();
    }
}
