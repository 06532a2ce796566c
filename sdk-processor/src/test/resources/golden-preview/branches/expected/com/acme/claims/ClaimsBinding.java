package com.acme.claims;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Claims}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * choose   --*
 * ask      <-+--*
 * police   --|--|--*
 * register --|--|--|--*
 * decide   <-|--?--!--!
 * invoice  <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value,
 * {@code ?} takes the value, if there is one,
 * {@code !} takes what became of it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class ClaimsBinding implements WorkflowBinding<Claims> {
    /**
     * For the worker, which finds this class by its name.
     */
    public ClaimsBinding() {
    }

    @Override
    public Class<Claims> workflowClass() {
        return Claims.class;
    }

    @Override
    public String workflow() {
        return "claims";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.claims.Claims.json";
    }

    @Override
    public String version() {
        return "02a06600e59edbb4561f5785cb451f7d";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Claim.class);
    }

    @Override
    public List<MethodBinding<Claims>> steps() {
        return List.of(
                new MethodBinding<Claims>(
                        "choose",
                        List.of(Parameter.input(Claim.class)),
                        new TypeRef<Optional<Expert>>() {},
                        (workflow, arguments) -> workflow.choose(arguments.at(0))),
                new MethodBinding<Claims>(
                        "ask",
                        List.of(Parameter.parent("choose", Expert.class), Parameter.input(Claim.class)),
                        TypeRef.of(Opinion.class),
                        (workflow, arguments) -> workflow.ask(arguments.at(0), arguments.at(1))),
                new MethodBinding<Claims>(
                        "police",
                        List.of(Parameter.input(Claim.class)),
                        TypeRef.of(Check.class),
                        (workflow, arguments) -> workflow.police(arguments.at(0))),
                new MethodBinding<Claims>(
                        "register",
                        List.of(Parameter.input(Claim.class)),
                        TypeRef.of(Check.class),
                        (workflow, arguments) -> workflow.register(arguments.at(0))),
                new MethodBinding<Claims>(
                        "decide",
                        List.of(
                                Parameter.input(Claim.class),
                                Parameter.optional("ask", Opinion.class),
                                Parameter.outcome("police", Check.class),
                                Parameter.outcome("register", Check.class)),
                        TypeRef.of(Decision.class),
                        (workflow, arguments) -> workflow.decide(arguments.at(0), arguments.at(1), arguments.at(2), arguments.at(3))),
                new MethodBinding<Claims>(
                        "invoice",
                        List.of(Parameter.parent("choose", Expert.class)),
                        TypeRef.of(Invoice.class),
                        (workflow, arguments) -> workflow.invoice(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<Claims>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Claims>> onFailure() {
        return Optional.empty();
    }
}
