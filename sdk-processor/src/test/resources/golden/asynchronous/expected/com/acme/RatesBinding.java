package com.acme;

import dev.millrace.TypeRef;
import dev.millrace.binding.Answer;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Rates}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * currencies --*
 * rate       <-#--*
 * best       <----+
 * publish    <----+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code #} takes each element,
 * {@code +} takes the value.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class RatesBinding implements WorkflowBinding<Rates> {
    /**
     * For the worker, which finds this class by its name.
     */
    public RatesBinding() {
    }

    @Override
    public Class<Rates> workflowClass() {
        return Rates.class;
    }

    @Override
    public String workflow() {
        return "rates";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.Rates.json";
    }

    @Override
    public String version() {
        return "99f37027a65aa91219b58f6697d3bdbf";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(String.class);
    }

    @Override
    public List<MethodBinding<Rates>> steps() {
        return List.of(
                new MethodBinding<Rates>(
                        "currencies",
                        List.of(Parameter.input(String.class)),
                        new TypeRef<List<String>>() {},
                        Answer.STAGE,
                        (workflow, arguments) -> workflow.currencies(arguments.at(0))),
                new MethodBinding<Rates>(
                        "rate",
                        List.of(Parameter.element("currencies", String.class), Parameter.context()),
                        TypeRef.of(Rates.Rate.class),
                        Answer.STAGE,
                        (workflow, arguments) -> workflow.rate(arguments.at(0), arguments.at(1))),
                new MethodBinding<Rates>(
                        "best",
                        List.of(Parameter.parent("rate", new TypeRef<List<Rates.Rate>>() {})),
                        new TypeRef<Optional<Rates.Rate>>() {},
                        Answer.STAGE,
                        (workflow, arguments) -> workflow.best(arguments.at(0))),
                new MethodBinding<Rates>(
                        "publish",
                        List.of(Parameter.parent("rate", new TypeRef<List<Rates.Rate>>() {})),
                        TypeRef.of(Void.class),
                        Answer.STAGE,
                        (workflow, arguments) -> workflow.publish(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<Rates>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Rates>> onFailure() {
        return Optional.empty();
    }
}
