package dev.millrace.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A model that says what it is told to say, by how long the conversation is. */
final class ScriptedModel implements ChatModel {
    final List<ChatRequest> asked = new ArrayList<>();
    private final Function<ChatRequest, AiMessage> says;

    ScriptedModel(Function<ChatRequest, AiMessage> says) {
        this.says = says;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        asked.add(request);
        return ChatResponse.builder()
                .aiMessage(says.apply(request))
                .tokenUsage(new TokenUsage(70, 30))
                .build();
    }
}
