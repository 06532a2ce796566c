package dev.millrace.worker;

import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import dev.millrace.connection.MillraceException;
import dev.millrace.manifest.ActionSpec;
import dev.millrace.manifest.Defaults;
import dev.millrace.manifest.LaterOfActions;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.manifest.StepSpec;
import dev.millrace.worker.ServedMethod.Calls;
import dev.millrace.worker.durable.CallPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How the durable steps of a workflow try what they call: as its manifest and its binding say together. */
final class CallPolicies {
    private final Map<String, CallPolicy> actions = new HashMap<>();

    CallPolicies(Manifest manifest, WorkflowBinding<?> binding) {
        var bound = binding.actions().stream().collect(Collectors.toMap(MethodBinding::name, Function.identity()));
        for (var action : manifest.actions()) {
            var method = bound.get(action.name());
            if (method == null) {
                throw new MillraceException(
                        "BINDING_UNUSABLE",
                        "Action '" + action.name() + "' of workflow '" + manifest.workflow()
                                + "' is in the manifest, but not in its binding. Compile the workflow again with the"
                                + " annotation processor of the same version.");
            }
            actions.put(action.name(), policy(action, method));
        }
    }

    /** Those of the actions, by their names. */
    Map<String, CallPolicy> actions() {
        return actions;
    }

    private static CallPolicy policy(ActionSpec action, MethodBinding<?> method) {
        var policy = action.policy();
        refuseLater(action);
        return new CallPolicy(
                policy.retries(),
                policy.backoff(),
                Optional.of(policy.timeout()),
                method.retryOn(),
                method.noRetryOn());
    }

    /** What can be declared of an action, but has no effect yet, is told when the worker starts. */
    private static void refuseLater(ActionSpec action) {
        var later = LaterOfActions.of(action);
        if (!later.isEmpty()) {
            throw new MillraceException(
                    "NOT_SUPPORTED",
                    "Action '" + action.name() + "' cannot be served: it uses "
                            + later.stream().map(LaterOfActions::word).collect(Collectors.joining(" and "))
                            + ", which this version of the SDK cannot do for actions yet. Nothing was registered. Take it"
                            + " out, or make the action a step.");
        }
    }

    /** What the code of a method calls; compensations and handlers are never durable. */
    Calls of(MethodBinding<?> method, Optional<StepSpec> step) {
        StepPolicy policy = step.map(StepSpec::policy).orElseGet(Defaults::stepPolicy);
        return new Calls(
                method.parameters().stream().anyMatch(Parameter.Durable.class::isInstance),
                new CallPolicy(
                        policy.retries(), policy.backoff(), Optional.empty(), method.retryOn(), method.noRetryOn()),
                actions);
    }
}
