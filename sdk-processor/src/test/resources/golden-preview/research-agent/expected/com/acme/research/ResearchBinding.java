package com.acme.research;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Research}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * research --*   durable
 * summary  <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class ResearchBinding implements WorkflowBinding<Research> {
    /**
     * For the worker, which finds this class by its name.
     */
    public ResearchBinding() {
    }

    @Override
    public Class<Research> workflowClass() {
        return Research.class;
    }

    @Override
    public String workflow() {
        return "research";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.research.Research.json";
    }

    @Override
    public String version() {
        return "5aaf9c82d9a70f292eea8a0ec776b8c3";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Question.class);
    }

    @Override
    public List<MethodBinding<Research>> steps() {
        return List.of(
                new MethodBinding<Research>(
                        "research",
                        List.of(
                                Parameter.input(Question.class),
                                Parameter.durable(),
                                Parameter.emitter(String.class)),
                        TypeRef.of(Report.class),
                        (workflow, arguments) -> workflow.research(arguments.at(0), arguments.at(1), arguments.at(2))),
                new MethodBinding<Research>(
                        "summary",
                        List.of(Parameter.parent("research", Report.class)),
                        TypeRef.of(String.class),
                        (workflow, arguments) -> workflow.summary(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<Research>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Research>> onFailure() {
        return Optional.empty();
    }

    @Override
    public List<MethodBinding<Research>> actions() {
        return List.of(
                new MethodBinding<Research>(
                        "plan",
                        List.of(Parameter.argument(Question.class)),
                        TypeRef.of(Plan.class),
                        List.of(IOException.class),
                        List.of(),
                        (workflow, arguments) -> workflow.plan(arguments.at(0))),
                new MethodBinding<Research>(
                        "replan",
                        List.of(Parameter.argument(Plan.class), Parameter.argument(new TypeRef<List<Finding>>() {})),
                        TypeRef.of(Plan.class),
                        (workflow, arguments) -> workflow.replan(arguments.at(0), arguments.at(1))),
                new MethodBinding<Research>(
                        "count-pages",
                        List.of(Parameter.argument(Plan.class)),
                        TypeRef.of(Integer.class),
                        (workflow, arguments) -> workflow.pages(arguments.at(0))),
                new MethodBinding<Research>(
                        "file",
                        List.of(
                                Parameter.argument(Plan.class),
                                Parameter.argument(Integer.class),
                                Parameter.context()),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.file(arguments.at(0), arguments.at(1), arguments.at(2));
                            return null;
                        }),
                new MethodBinding<Research>(
                        "best",
                        List.of(Parameter.argument(new TypeRef<List<Finding>>() {})),
                        new TypeRef<Optional<Finding>>() {},
                        (workflow, arguments) -> workflow.best(arguments.at(0))));
    }
}
