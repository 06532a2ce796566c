package com.acme.research;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Search}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * look
 * }</pre>
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class SearchBinding implements WorkflowBinding<Search> {
    /**
     * For the worker, which finds this class by its name.
     */
    public SearchBinding() {
    }

    @Override
    public Class<Search> workflowClass() {
        return Search.class;
    }

    @Override
    public String workflow() {
        return "search";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.research.Search.json";
    }

    @Override
    public String version() {
        return "1245c80e355d21a9ac5b2c6182e8600c";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Query.class);
    }

    @Override
    public List<MethodBinding<Search>> steps() {
        return List.of(
                new MethodBinding<Search>(
                        "look",
                        List.of(Parameter.input(Query.class)),
                        TypeRef.of(Finding.class),
                        (workflow, arguments) -> workflow.look(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<Search>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Search>> onFailure() {
        return Optional.empty();
    }
}
