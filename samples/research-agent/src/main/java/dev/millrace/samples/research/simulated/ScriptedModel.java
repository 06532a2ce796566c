package dev.millrace.samples.research.simulated;

import dev.millrace.samples.research.Answer;
import dev.millrace.samples.research.Instructions;
import dev.millrace.samples.research.Message;
import dev.millrace.samples.research.Message.Role;
import dev.millrace.samples.research.Model;
import dev.millrace.samples.research.Prompt;
import dev.millrace.samples.research.ToolCall;
import java.util.List;
import java.util.function.Consumer;

/**
 * Says what is in its script, the same to the same conversation. It plans for three sources; it analyses in three rounds, in the first of
 * which it wants two tools, in the second it chats instead of answering, and in the third it makes up one of three claims; and it is
 * long-winded about everything. Safe for use by many threads.
 */
public final class ScriptedModel implements Model {
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final long TOKENS_ABOUT_EVERYTHING = 30_000;

    @Override
    public Answer answer(Prompt prompt, Consumer<String> pieces) {
        var answer = answer(prompt.messages());
        for (var word : answer.text().split("(?<= )")) {
            pieces.accept(word);
        }
        return answer;
    }

    /** The next turn of a conversation. */
    static Answer answer(List<Message> messages) {
        var instructions = messages.get(0).text();
        var question = messages.get(1).text();
        var topic = question.lines().findFirst().orElse("");
        if (instructions.equals(Instructions.PLAN)) {
            return said(messages, plan(topic), List.of());
        }
        return instructions.equals(Instructions.ANALYSE)
                ? analysis(messages, topic, question)
                : said(messages, report(topic), List.of());
    }

    private static String plan(String topic) {
        return """
                {"queries": [{"source": "news", "words": "%1$s"}, {"source": "statistics", "words": "%1$s"},
                             {"source": "archive", "words": "%1$s"}]}""".formatted(topic);
    }

    private static Answer analysis(List<Message> messages, String topic, String question) {
        long turns = messages.stream()
                .filter(message -> message.role() == Role.ASSISTANT)
                .count();
        if (!question.contains("statistics-1")) {
            return said(messages, "{\"claims\": []}", List.of());
        }
        if (turns == 0) {
            return said(
                    messages,
                    "",
                    List.of(
                            new ToolCall("call-1", "change", "{\"from\": 120, \"to\": 84}"),
                            new ToolCall(
                                    "call-2", "search", "{\"source\": \"news\", \"words\": \"used " + topic + "\"}")));
        }
        if (turns == 1) {
            return said(messages, "Sure! There is a lot to say about " + topic + ".", List.of());
        }
        return said(messages, """
                {"claims": [
                  {"text": "They have become 30 %% cheaper.", "excerpts": ["statistics-1"]},
                  {"text": "Sales of %s have doubled.", "excerpts": ["news-1"]},
                  {"text": "Everybody wants them.", "excerpts": ["survey-7"]}]}""".formatted(topic), List.of());
    }

    private static String report(String topic) {
        return "It is worth looking at " + topic
                + " now: they have become 30 % cheaper, and their sales have doubled within a year.";
    }

    private static Answer said(List<Message> messages, String text, List<ToolCall> calls) {
        int characters =
                messages.stream().mapToInt(message -> message.text().length()).sum() + text.length();
        boolean everything = messages.get(1).text().startsWith("everything");
        return new Answer(text, calls, everything ? TOKENS_ABOUT_EVERYTHING : characters / CHARACTERS_PER_TOKEN + 1);
    }
}
