package com.acme;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Render}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * load    --*
 * draw    <-+--*
 * publish <----+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
final class RenderBinding implements WorkflowBinding<Render> {
    /**
     * For the worker, which finds this class by its name.
     */
    RenderBinding() {
    }

    @Override
    public Class<Render> workflowClass() {
        return Render.class;
    }

    @Override
    public String workflow() {
        return "render";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.Render.json";
    }

    @Override
    public String version() {
        return "15590fbc65adf23263d8a09716d60d7f";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(String.class);
    }

    @Override
    public List<MethodBinding<Render>> steps() {
        return List.of(
                new MethodBinding<Render>(
                        "load",
                        List.of(Parameter.input(String.class)),
                        TypeRef.of(Render.Scene.class),
                        (workflow, arguments) -> workflow.load(arguments.at(0))),
                new MethodBinding<Render>(
                        "draw",
                        List.of(Parameter.parent("load", Render.Scene.class)),
                        TypeRef.of(Render.Frames.class),
                        (workflow, arguments) -> workflow.draw(arguments.at(0))),
                new MethodBinding<Render>(
                        "publish",
                        List.of(Parameter.parent("draw", Render.Frames.class)),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.publish(arguments.at(0));
                            return null;
                        }));
    }

    @Override
    public List<MethodBinding<Render>> compensations() {
        return List.of(
                new MethodBinding<Render>(
                        "remove",
                        List.of(Parameter.parent("draw", Render.Frames.class)),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.remove(arguments.at(0));
                            return null;
                        }));
    }

    @Override
    public Optional<MethodBinding<Render>> onFailure() {
        return Optional.of(
                new MethodBinding<Render>(
                        "alert",
                        List.of(Parameter.failure()),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.alert(arguments.at(0));
                            return null;
                        }));
    }
}
