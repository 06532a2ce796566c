package dev.millrace.samples.research;

import dev.millrace.samples.research.Message.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the model is asked: a conversation so far, and the tools that it may use.
 *
 * @param estimatedTokens what the answer will cost, as far as can be told before: the rate limit sets so many aside
 */
public record Prompt(List<Message> messages, List<Tool> tools, long estimatedTokens) {
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final int TOKENS_OF_AN_ANSWER = 500;

    /** A conversation that begins. */
    static Prompt of(String instructions, String question, List<Tool> tools) {
        return of(List.of(Message.of(Role.SYSTEM, instructions), Message.of(Role.USER, question)), tools);
    }

    private static Prompt of(List<Message> messages, List<Tool> tools) {
        long characters =
                messages.stream().mapToLong(message -> message.text().length()).sum();
        return new Prompt(messages, tools, characters / CHARACTERS_PER_TOKEN + TOKENS_OF_AN_ANSWER);
    }

    /** It goes on after an answer that cannot be used. */
    Prompt corrected(Answer answer, String complaint) {
        return then(List.of(said(answer), Message.of(Role.USER, complaint)));
    }

    /** It goes on with what the tools gave that the model asked for, in its order. */
    Prompt informed(Answer answer, List<String> results) {
        var more = new ArrayList<Message>();
        more.add(said(answer));
        for (int i = 0; i < results.size(); i++) {
            var call = Optional.of(answer.calls().get(i).id());
            more.add(new Message(Role.TOOL, results.get(i), List.of(), call));
        }
        return then(more);
    }

    private static Message said(Answer answer) {
        return new Message(Role.ASSISTANT, answer.text(), answer.calls(), Optional.empty());
    }

    private Prompt then(List<Message> more) {
        var all = new ArrayList<>(messages);
        all.addAll(more);
        return of(all, tools);
    }
}
