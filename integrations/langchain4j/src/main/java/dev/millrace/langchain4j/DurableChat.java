package dev.millrace.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.millrace.CallOptions;
import dev.millrace.Durable;
import dev.millrace.TypeRef;
import dev.millrace.tools.ToolCalls;
import dev.millrace.tools.Tools;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A conversation of durable code with a chat model that may use tools. Every answer of the model and every result of a tool is stored, so
 * none is paid for or done twice, whatever crashes.
 *
 * <pre>{@code
 * @Step(timeout = "1h")
 * String research(Question question, Durable durable) {
 *   var chat = new DurableChat(model, Tools.of(catalogue), durable).usage("openai.tokens").options(o -> o.retries(3).timeout("90s"));
 *   return chat.chat(List.of(SystemMessage.from("You are a librarian."), UserMessage.from(question.text()))).text();
 * }
 * }</pre>
 *
 * <p>For the thread that the step was called on.
 */
public final class DurableChat {
    /** How often a model may ask for tools before it has to come to an answer, unless it is said otherwise. */
    public static final int ROUNDS = 20;

    private static final String ACTION = "chat";

    private final ChatModel model;
    private final List<ToolSpecification> specifications;
    private final ToolCalls tools;
    private final Durable durable;
    private final Optional<String> usage;
    private final int rounds;
    private final UnaryOperator<CallOptions> options;

    /** A conversation without limits of its own: what the model is asked has the policy of the step. */
    public DurableChat(ChatModel model, Tools tools, Durable durable) {
        this(
                model,
                MillraceTools.specifications(tools),
                tools.in(durable),
                durable,
                Optional.empty(),
                ROUNDS,
                UnaryOperator.identity());
    }

    private DurableChat(
            ChatModel model,
            List<ToolSpecification> specifications,
            ToolCalls tools,
            Durable durable,
            Optional<String> usage,
            int rounds,
            UnaryOperator<CallOptions> options) {
        this.model = Objects.requireNonNull(model, "model");
        this.specifications = specifications;
        this.tools = tools;
        this.durable = durable;
        this.usage = usage;
        this.rounds = rounds;
        this.options = options;
    }

    /** The same, with the tokens of each answer recorded under this name, which budgets are held against. */
    public DurableChat usage(String name) {
        return new DurableChat(model, specifications, tools, durable, Optional.of(name), rounds, options);
    }

    /**
     * The same, with so many rounds of tools at most.
     *
     * @throws IllegalArgumentException if there is none
     */
    public DurableChat rounds(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("A model is asked once at least, not " + most + " times.");
        }
        return new DurableChat(model, specifications, tools, durable, usage, most, options);
    }

    /** The same, with retries, a timeout or a backoff for each question to the model. */
    public DurableChat options(UnaryOperator<CallOptions> other) {
        return new DurableChat(model, specifications, tools, durable, usage, rounds, other);
    }

    /**
     * Asks the model, gives it what its tools bring as long as it wants any, and returns what it comes to.
     *
     * @param messages the conversation so far; it is not changed
     * @throws dev.millrace.ActionFailedException if the model could not be asked
     * @throws TooManyRoundsException if it comes to no answer
     */
    public AiMessage chat(List<? extends ChatMessage> messages) {
        List<ChatMessage> all = new ArrayList<>(messages);
        for (int round = 0; round < rounds; round++) {
            var answer = ask(all);
            if (!answer.hasToolExecutionRequests()) {
                return answer;
            }
            all.add(answer);
            all.addAll(MillraceTools.execute(answer, tools));
        }
        throw new TooManyRoundsException(rounds);
    }

    private AiMessage ask(List<ChatMessage> messages) {
        var request = ChatRequest.builder()
                .messages(messages)
                .toolSpecifications(specifications)
                .build();
        var stored = durable.call(
                ACTION,
                TypeRef.of(String.class),
                () -> {
                    var response = model.chat(request);
                    var tokens = response.tokenUsage();
                    if (tokens != null && tokens.totalTokenCount() != null) {
                        usage.ifPresent(name -> durable.context().usage(name, tokens.totalTokenCount()));
                    }
                    return ChatMessageSerializer.messageToJson(response.aiMessage());
                },
                options);
        return (AiMessage) ChatMessageDeserializer.messageFromJson(stored);
    }
}
