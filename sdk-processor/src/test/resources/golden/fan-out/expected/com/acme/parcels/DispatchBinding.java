package com.acme.parcels;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Dispatch}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * split --*
 * weigh <-#--*
 * label <-#--+--*
 * load  <----|--#
 * total <----+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code #} takes each element,
 * {@code +} takes the value.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class DispatchBinding implements WorkflowBinding<Dispatch> {
    /**
     * For the worker, which finds this class by its name.
     */
    public DispatchBinding() {
    }

    @Override
    public Class<Dispatch> workflowClass() {
        return Dispatch.class;
    }

    @Override
    public String workflow() {
        return "dispatch";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.parcels.Dispatch.json";
    }

    @Override
    public String version() {
        return "7a0bd2a7bdfa8eeb3ef7e7d8f1165fe0";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Consignment.class);
    }

    @Override
    public List<MethodBinding<Dispatch>> steps() {
        return List.of(
                new MethodBinding<Dispatch>(
                        "split",
                        List.of(Parameter.input(Consignment.class)),
                        new TypeRef<List<Parcel>>() {},
                        (workflow, arguments) -> workflow.split(arguments.at(0))),
                new MethodBinding<Dispatch>(
                        "weigh",
                        List.of(
                                Parameter.element("split", Parcel.class),
                                Parameter.input(Consignment.class),
                                Parameter.context()),
                        TypeRef.of(Double.class),
                        (workflow, arguments) -> workflow.weigh(arguments.at(0), arguments.at(1), arguments.at(2))),
                new MethodBinding<Dispatch>(
                        "label",
                        List.of(Parameter.element("split", Parcel.class), Parameter.parent("weigh", new TypeRef<List<Double>>() {})),
                        TypeRef.of(Label.class),
                        (workflow, arguments) -> workflow.label(arguments.at(0), arguments.at(1))),
                new MethodBinding<Dispatch>(
                        "load",
                        List.of(Parameter.element("label", Label.class)),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.load(arguments.at(0));
                            return null;
                        }),
                new MethodBinding<Dispatch>(
                        "total",
                        List.of(Parameter.parent("weigh", new TypeRef<List<Double>>() {})),
                        TypeRef.of(Double.class),
                        (workflow, arguments) -> workflow.total(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<Dispatch>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Dispatch>> onFailure() {
        return Optional.empty();
    }
}
