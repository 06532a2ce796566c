package com.acme;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link AllTypes}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * plant --*
 * draw  <-+--*
 * load  <-*--+
 * print <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class AllTypesBinding implements WorkflowBinding<AllTypes> {
    /**
     * For the worker, which finds this class by its name.
     */
    public AllTypesBinding() {
    }

    @Override
    public Class<AllTypes> workflowClass() {
        return AllTypes.class;
    }

    @Override
    public String workflow() {
        return "all-types";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.AllTypes.json";
    }

    @Override
    public String version() {
        return "42faa6501ddcb453b9f93066045fca2f";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(AllTypes.Everything.class);
    }

    @Override
    public List<MethodBinding<AllTypes>> steps() {
        return List.of(
                new MethodBinding<AllTypes>(
                        "plant",
                        List.of(Parameter.input(AllTypes.Everything.class)),
                        new TypeRef<AllTypes.Tree<AllTypes.Colour>>() {},
                        (workflow, arguments) -> workflow.plant(arguments.at(0))),
                new MethodBinding<AllTypes>(
                        "draw",
                        List.of(Parameter.parent("plant", new TypeRef<AllTypes.Tree<AllTypes.Colour>>() {})),
                        new TypeRef<List<AllTypes.Shape>>() {},
                        (workflow, arguments) -> workflow.draw(arguments.at(0))),
                new MethodBinding<AllTypes>(
                        "load",
                        List.of(Parameter.parent("draw", new TypeRef<List<AllTypes.Shape>>() {})),
                        TypeRef.of(AllTypes.Customer.class),
                        (workflow, arguments) -> workflow.load(arguments.at(0))),
                new MethodBinding<AllTypes>(
                        "print",
                        List.of(Parameter.parent("load", AllTypes.Customer.class)),
                        new TypeRef<AllTypes.Page<AllTypes.Page<String>>>() {},
                        (workflow, arguments) -> workflow.print(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<AllTypes>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<AllTypes>> onFailure() {
        return Optional.empty();
    }
}
