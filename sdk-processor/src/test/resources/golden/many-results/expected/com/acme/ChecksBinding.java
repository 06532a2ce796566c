package com.acme;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Checks}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * fraud  --*
 * credit   |
 * limits   |
 * log    <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class ChecksBinding implements WorkflowBinding<Checks> {
    /**
     * For the worker, which finds this class by its name.
     */
    public ChecksBinding() {
    }

    @Override
    public Class<Checks> workflowClass() {
        return Checks.class;
    }

    @Override
    public String workflow() {
        return "checks";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.Checks.json";
    }

    @Override
    public String version() {
        return "123a1917826e4fb7a5d4a1adfaaa3b69";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(String.class);
    }

    @Override
    public List<MethodBinding<Checks>> steps() {
        return List.of(
                new MethodBinding<Checks>(
                        "fraud",
                        List.of(Parameter.input(String.class)),
                        TypeRef.of(Checks.Score.class),
                        (workflow, arguments) -> workflow.fraud(arguments.at(0))),
                new MethodBinding<Checks>(
                        "credit",
                        List.of(Parameter.input(String.class)),
                        TypeRef.of(Integer.class),
                        (workflow, arguments) -> workflow.credit(arguments.at(0))),
                new MethodBinding<Checks>(
                        "limits",
                        List.of(Parameter.input(String.class)),
                        new TypeRef<Map<String, Checks.Score>>() {},
                        (workflow, arguments) -> workflow.limits(arguments.at(0))),
                new MethodBinding<Checks>(
                        "log",
                        List.of(Parameter.parent("fraud", Checks.Score.class)),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.log(arguments.at(0));
                            return null;
                        }));
    }

    @Override
    public List<MethodBinding<Checks>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Checks>> onFailure() {
        return Optional.empty();
    }
}
