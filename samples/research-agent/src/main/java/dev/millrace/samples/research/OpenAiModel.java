package dev.millrace.samples.research;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.NonRetryableException;
import dev.millrace.RetryAfterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A model behind an endpoint that is compatible with OpenAI's chat completions, as most providers and local servers have one. The answer is
 * streamed, so that its pieces are there before its end. Safe for use by many threads.
 */
public final class OpenAiModel implements Model {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** Until the answer begins. */
    private static final Duration BEGIN = Duration.ofSeconds(60);

    private static final long USUAL_PAUSE_SECONDS = 5;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final URI completions;
    private final String key;
    private final String name;

    /**
     * @param base such as {@code https://models.example/v1}
     * @param key is sent as a bearer token
     * @param name of the model
     */
    public OpenAiModel(URI base, String key, String name) {
        this.completions = URI.create(base.toString().replaceAll("/+$", "") + "/chat/completions");
        this.key = key;
        this.name = name;
    }

    @Override
    public Answer answer(Prompt prompt, Consumer<String> pieces) {
        var request = HttpRequest.newBuilder(completions)
                .timeout(BEGIN)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body(prompt)))
                .build();
        try {
            var response = http.send(request, HttpResponse.BodyHandlers.ofLines());
            try (var lines = response.body()) {
                requireGood(response, lines);
                var answer = new StreamedAnswer(pieces);
                lines.forEach(answer::line);
                return answer.whole();
            }
        } catch (IOException | UncheckedIOException e) {
            throw new ModelBusyException("The model at " + completions + " cannot be reached: " + e + ".");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelBusyException("The call was interrupted before it was answered.");
        }
    }

    private static void requireGood(HttpResponse<?> response, Stream<String> lines) {
        int status = response.statusCode();
        if (status == 200) {
            return;
        }
        if (status == TOO_MANY_REQUESTS) {
            throw new RetryAfterException(
                    Duration.ofSeconds(
                            response.headers().firstValueAsLong("Retry-After").orElse(USUAL_PAUSE_SECONDS)),
                    LIMIT);
        }
        var said = "The model answered " + status + ": " + String.join(" ", lines.toList());
        if (status >= 500 || status == 408) {
            throw new ModelBusyException(said);
        }
        throw new NonRetryableException(said);
    }

    private String body(Prompt prompt) {
        var body = JSON.createObjectNode().put("model", name).put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        var messages = body.putArray("messages");
        prompt.messages().forEach(message -> messages.add(json(message)));
        if (!prompt.tools().isEmpty()) {
            var tools = body.putArray("tools");
            prompt.tools().forEach(tool -> {
                var function = tools.addObject().put("type", "function").putObject("function");
                function.put("name", tool.name()).put("description", tool.description());
                function.set("parameters", tree(tool.parameters()));
            });
        }
        return body.toString();
    }

    private static ObjectNode json(Message message) {
        var json = JSON.createObjectNode()
                .put("role", message.role().name().toLowerCase(Locale.ROOT))
                .put("content", message.text());
        message.answers().ifPresent(call -> json.put("tool_call_id", call));
        if (!message.calls().isEmpty()) {
            var calls = json.putArray("tool_calls");
            message.calls()
                    .forEach(call -> calls.addObject()
                            .put("id", call.id())
                            .put("type", "function")
                            .putObject("function")
                            .put("name", call.name())
                            .put("arguments", call.arguments()));
        }
        return json;
    }

    static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelBusyException("This is no JSON: " + json);
        }
    }
}
