package dev.millrace.samples.research;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Puts an answer together from the events in which it comes. For one thread. */
final class StreamedAnswer {
    private static final String EVENT = "data:";
    private static final String END = "[DONE]";

    /** A call whose arguments come in pieces. */
    private static final class Call {
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    private final Consumer<String> pieces;
    private final StringBuilder text = new StringBuilder();
    private final TreeMap<Integer, Call> calls = new TreeMap<>();
    private long tokens;
    private boolean ended;

    StreamedAnswer(Consumer<String> pieces) {
        this.pieces = pieces;
    }

    /** The next line of the response; most are empty or an event. */
    void line(String line) {
        if (!line.startsWith(EVENT)) {
            return;
        }
        var data = line.substring(EVENT.length()).strip();
        if (data.equals(END)) {
            ended = true;
            return;
        }
        var event = OpenAiModel.tree(data);
        tokens = Math.max(tokens, event.path("usage").path("total_tokens").asLong());
        var delta = event.path("choices").path(0).path("delta");
        var piece = delta.path("content").asText("");
        if (!piece.isEmpty()) {
            text.append(piece);
            pieces.accept(piece);
        }
        for (var part : delta.path("tool_calls")) {
            var call = calls.computeIfAbsent(part.path("index").asInt(), any -> new Call());
            call.id += part.path("id").asText("");
            call.name += part.path("function").path("name").asText("");
            call.arguments.append(part.path("function").path("arguments").asText(""));
        }
    }

    /**
     * All of it.
     *
     * @throws ModelBusyException if the connection ended before the answer did
     */
    Answer whole() {
        if (!ended) {
            throw new ModelBusyException("The model's answer broke off after " + text.length() + " characters.");
        }
        List<ToolCall> wanted = new ArrayList<>();
        calls.values().forEach(call -> wanted.add(new ToolCall(call.id, call.name, call.arguments.toString())));
        return new Answer(text.toString(), wanted, tokens);
    }
}
