package com.acme.shop;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Catalogue}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * }</pre>
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class CatalogueBinding implements WorkflowBinding<Catalogue> {
    /**
     * For the worker, which finds this class by its name.
     */
    public CatalogueBinding() {
    }

    @Override
    public Class<Catalogue> workflowClass() {
        return Catalogue.class;
    }

    @Override
    public String workflow() {
        return "catalogue";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/catalogues/com.acme.shop.Catalogue.json";
    }

    @Override
    public String version() {
        return "f7e2d5609703e86f80622e7b3d149f0a";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Void.class);
    }

    @Override
    public List<MethodBinding<Catalogue>> steps() {
        return List.of();
    }

    @Override
    public List<MethodBinding<Catalogue>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Catalogue>> onFailure() {
        return Optional.empty();
    }

    @Override
    public List<MethodBinding<Catalogue>> actions() {
        return List.of(
                new MethodBinding<Catalogue>(
                        "search",
                        List.of(
                                Parameter.argument(String.class),
                                Parameter.argument(Catalogue.Filter.class),
                                Parameter.context()),
                        new TypeRef<List<Catalogue.Product>>() {},
                        (workflow, arguments) -> workflow.search(arguments.at(0), arguments.at(1), arguments.at(2))),
                new MethodBinding<Catalogue>(
                        "stock_of",
                        List.of(Parameter.argument(String.class)),
                        new TypeRef<Optional<Integer>>() {},
                        (workflow, arguments) -> workflow.stock(arguments.at(0))),
                new MethodBinding<Catalogue>(
                        "forget",
                        List.of(),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.forget();
                            return null;
                        }));
    }
}
