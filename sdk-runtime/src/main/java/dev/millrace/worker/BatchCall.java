package dev.millrace.worker;

import dev.millrace.BatchFailure;
import dev.millrace.binding.Arguments;
import dev.millrace.worker.Call.Ending;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The call of the method of a batch step for several attempts, each with an outcome of its own. Used by one thread. */
final class BatchCall<W> {
    private final SharedCall call;
    private final ServedMethod<W> method;
    private final StepResults results;
    private final Executor executor;

    BatchCall(SharedCall call, ServedMethod<W> method, StepResults results, Executor executor) {
        this.call = call;
        this.method = method;
        this.results = results;
        this.executor = executor;
    }

    /**
     * Calls the method on this thread.
     *
     * @param arguments of each attempt, in order
     * @return what became of each
     */
    Map<LiveAttempt, Outcome> run(Map<LiveAttempt, Object[]> arguments) {
        var entered = call.enter(List.copyOf(arguments.keySet()));
        Map<LiveAttempt, Outcome> outcomes = new LinkedHashMap<>();
        for (var attempt : arguments.keySet()) {
            if (!entered.contains(attempt)) {
                outcomes.put(attempt, own(attempt).notEntered());
            }
        }
        if (!entered.isEmpty()) {
            var ending = end(entered, arguments);
            for (int i = 0; i < entered.size(); i++) {
                entered.get(i).end();
                outcomes.put(entered.get(i), outcome(entered, i, ending));
            }
        }
        return outcomes;
    }

    private Ending end(List<LiveAttempt> entered, Map<LiveAttempt, Object[]> arguments) {
        try {
            return call(entered, arguments);
        } finally {
            call.leave();
        }
    }

    private Ending call(List<LiveAttempt> entered, Map<LiveAttempt, Object[]> arguments) {
        if (!method.circuit().admits()) {
            return new Ending.Broken(method.circuit().refusal(method.binding().name()));
        }
        var lists = new Object[method.binding().parameters().size()];
        for (int i = 0; i < lists.length; i++) {
            var list = new ArrayList<Object>(entered.size());
            for (var attempt : entered) {
                list.add(arguments.get(attempt)[i]);
            }
            lists[i] = list;
        }
        var ending = invoke(new Arguments(lists));
        method.circuit()
                .saw(
                        ending,
                        entered.stream().allMatch(attempt -> attempt.cancelled().isPresent()));
        return ending;
    }

    private Ending invoke(Arguments lists) {
        try {
            return new Ending.Returned(
                    Optional.ofNullable(method.binding().invoker().invoke(method.workflow(), lists)));
        } catch (Throwable thrown) {
            return new Ending.Threw(thrown);
        }
    }

    /** What became of the one at a place. */
    private Outcome outcome(List<LiveAttempt> entered, int place, Ending ending) {
        var own = own(entered.get(place));
        if (ending instanceof Ending.Returned returned) {
            return result(own, returned.value().map(List.class::cast).orElse(null), place, entered.size());
        }
        if (ending instanceof Ending.Threw threw && threw.thrown() instanceof BatchFailure failure) {
            var thrown = failure.failures().get(place);
            return thrown != null
                    ? own.outcome(new Ending.Threw(thrown))
                    : result(own, failure.results(), place, entered.size());
        }
        return own.outcome(ending);
    }

    private Outcome result(Call<W> own, List<?> list, int place, int size) {
        if (isVoid()) {
            return own.outcome(new Ending.Returned(Optional.empty()));
        }
        if (list == null || list.size() != size) {
            return own.outcome(new Ending.Broken(Failures.of(
                    "OUTPUT_INVALID",
                    "Step '" + method.binding().name() + "' was called for " + size + " tasks and returned "
                            + (list == null ? "null" : list.size() + " results")
                            + ". It has to return one for each, in the same order.")));
        }
        return own.outcome(new Ending.Returned(Optional.ofNullable(list.get(place))));
    }

    private boolean isVoid() {
        return method.binding().result().type() == Void.class;
    }

    private Call<W> own(LiveAttempt attempt) {
        return new Call<>(attempt, method, new Object[0], results, executor);
    }
}
