package dev.millrace.langchain4j;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.millrace.Durable;
import dev.millrace.Step;
import dev.millrace.Workflow;
import dev.millrace.tools.Tools;
import java.util.List;

/** A workflow that lets a model answer with the help of tools. */
@Workflow
class Assistant {
    record Question(String text) {}

    private final ChatModel model;
    private final Shop shop;

    Assistant(ChatModel model, Shop shop) {
        this.model = model;
        this.shop = shop;
    }

    @Step(timeout = "1h")
    String answer(Question question, Durable durable) {
        return new DurableChat(model, Tools.of(shop), durable)
                .usage("tokens")
                .rounds(3)
                .options(options -> options.retries(1))
                .chat(List.of(UserMessage.from(question.text())))
                .text();
    }
}
