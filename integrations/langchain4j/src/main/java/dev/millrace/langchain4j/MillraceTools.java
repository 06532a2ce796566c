package dev.millrace.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.millrace.tools.ToolCall;
import dev.millrace.tools.ToolCalls;
import dev.millrace.tools.Tools;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Actions as tools of LangChain4j's chat models, for code that talks to a model itself; {@link DurableChat} does the talking too.
 * Stateless.
 */
public final class MillraceTools {
    private MillraceTools() {}

    /** What a model is told of the tools: for {@code ChatRequest.toolSpecifications}. */
    public static List<ToolSpecification> specifications(Tools tools) {
        return tools.definitions().stream().map(Specifications::of).toList();
    }

    /**
     * Calls what a model asks for, all at once where it asks for several, and says what came of it in the order in which it asked.
     *
     * @param message a stored one, as everything that durable code branches on
     */
    public static List<ToolExecutionResultMessage> execute(AiMessage message, ToolCalls tools) {
        if (!message.hasToolExecutionRequests()) {
            return List.of();
        }
        var requests = message.toolExecutionRequests();
        var answers = tools.call(requests.stream()
                .map(request -> new ToolCall(request.name(), Objects.requireNonNullElse(request.arguments(), "")))
                .toList());
        var results = new ArrayList<ToolExecutionResultMessage>();
        for (int i = 0; i < requests.size(); i++) {
            results.add(ToolExecutionResultMessage.from(
                    requests.get(i), answers.get(i).text()));
        }
        return results;
    }
}
