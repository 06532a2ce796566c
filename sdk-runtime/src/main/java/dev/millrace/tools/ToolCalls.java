package dev.millrace.tools;

import dev.millrace.ActionFailedException;
import dev.millrace.CallOptions;
import dev.millrace.Durable;
import dev.millrace.Pending;
import dev.millrace.worker.BoundAction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Calls tools from durable code, by the name and the JSON that a language model wrote. Each call is an action of the step, with the policy
 * of its method: a checkpoint of the action's name with these arguments, the same that a generated facade makes. It is repeated until its
 * result is stored, and never again.
 *
 * <p>What the model got wrong, and what failed for good, is an answer for the model and no exception. What it wrote has to be a stored
 * value, as everything that durable code branches on.
 *
 * <p>For the thread that the step was called on.
 */
public final class ToolCalls {
    private final Tools tools;
    private final Durable durable;

    ToolCalls(Tools tools, Durable durable) {
        this.tools = tools;
        this.durable = durable;
    }

    /** What a model is told of the tools. */
    public List<ToolDefinition> definitions() {
        return tools.definitions();
    }

    /**
     * Calls a tool and waits for it.
     *
     * @param name as the model wrote it
     * @param arguments a JSON object, as the model wrote it; blank for none
     */
    public ToolAnswer call(String name, String arguments) {
        return call(List.of(new ToolCall(name, arguments))).get(0);
    }

    /** Calls tools, all at once where there are several, and waits for all; the answers are in the order of the calls. */
    public List<ToolAnswer> call(List<ToolCall> calls) {
        var begun = new ArrayList<Pending<ToolAnswer>>();
        for (var call : calls) {
            begun.add(begin(call, calls.size() > 1));
        }
        return begun.stream().map(Pending::join).toList();
    }

    private Pending<ToolAnswer> begin(ToolCall call, boolean beside) {
        var tool = tools.find(call.name());
        if (tool == null) {
            return new Known(new ToolAnswer.Problem(
                    ToolAnswer.UNKNOWN_TOOL,
                    "There is no tool '" + call.name() + "'; there are " + String.join(", ", tools.names()) + "."));
        }
        var ready = tool.ready(call.arguments(), tools.codec());
        if (ready.problem().isPresent()) {
            return new Known(ready.problem().get());
        }
        var values = ready.values().toArray();
        UnaryOperator<CallOptions> options = given -> BoundAction.policy(given, tool.action(), values);
        var method = tool.call(ready.values(), durable.context());
        return beside
                ? new Begun(tool, durable.fork(call.name(), tool.result(), method, options))
                : new Known(answer(tool, () -> durable.call(call.name(), tool.result(), method, options)));
    }

    /** A result, still to be had. */
    private interface Result {
        Object get();
    }

    private ToolAnswer answer(Tool tool, Result result) {
        try {
            return tool.answer(result.get(), tools.codec());
        } catch (ActionFailedException e) {
            return new ToolAnswer.Problem(e.failure().code(), e.failure().message());
        }
    }

    /** An answer that is there. */
    private record Known(ToolAnswer answer) implements Pending<ToolAnswer> {
        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public ToolAnswer join() {
            return answer;
        }
    }

    /** A call that goes on beside others. */
    private final class Begun implements Pending<ToolAnswer> {
        private final Tool tool;
        private final Pending<Object> call;

        Begun(Tool tool, Pending<Object> call) {
            this.tool = tool;
            this.call = call;
        }

        @Override
        public boolean isDone() {
            return call.isDone();
        }

        @Override
        public ToolAnswer join() {
            return answer(tool, call::join);
        }
    }
}
