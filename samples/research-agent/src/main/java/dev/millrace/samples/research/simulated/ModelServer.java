package dev.millrace.samples.research.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.samples.research.Answer;
import dev.millrace.samples.research.Instructions;
import dev.millrace.samples.research.Message;
import dev.millrace.samples.research.Message.Role;
import dev.millrace.samples.research.ToolCall;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The scripted model behind an endpoint like OpenAI's, on this machine only. It streams its answers word by word, and has too much to do
 * when it is asked for a report first: then it answers 429 and wants to be left alone for a second. Safe for use by many threads.
 */
public final class ModelServer implements AutoCloseable {
    private static final int THREADS = 16;
    private static final JsonMapper JSON = new JsonMapper();

    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger tooMany = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, body -> {
        var thread = new Thread(body, "model");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpServer server;

    /** Starts it on a free port. */
    public ModelServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("The scripted model cannot be started.", e);
        }
        server.createContext("/v1/chat/completions", this::complete);
        server.setExecutor(threads);
        server.start();
    }

    /** Its base, without the path of the one request that it knows. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    }

    /** How often it had too much to do. */
    public int tooMany() {
        return tooMany.get();
    }

    /** How often it answered. */
    public int answered() {
        return answered.get();
    }

    private void complete(HttpExchange exchange) throws IOException {
        try (exchange) {
            var messages = messages(JSON.readTree(exchange.getRequestBody().readAllBytes()));
            var conversation = messages.get(0).text() + messages.get(1).text();
            if (messages.get(0).text().equals(Instructions.REPORT) && asked.add(conversation)) {
                tooMany.incrementAndGet();
                exchange.getResponseHeaders().set("Retry-After", "1");
                exchange.sendResponseHeaders(429, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            stream(ScriptedModel.answer(messages), exchange.getResponseBody());
            answered.incrementAndGet();
        }
    }

    private static List<Message> messages(JsonNode request) {
        var messages = new ArrayList<Message>();
        for (var message : request.path("messages")) {
            messages.add(new Message(
                    Role.valueOf(message.path("role").asText().toUpperCase(Locale.ROOT)),
                    message.path("content").asText(),
                    List.of(),
                    Optional.ofNullable(message.path("tool_call_id").textValue())));
        }
        return messages;
    }

    private static void stream(Answer answer, OutputStream out) throws IOException {
        for (var word : answer.text().split("(?<= )")) {
            var event = JSON.createObjectNode();
            delta(event).put("content", word);
            send(event, out);
        }
        for (int i = 0; i < answer.calls().size(); i++) {
            call(answer.calls().get(i), i, out);
        }
        var usage = JSON.createObjectNode();
        usage.putArray("choices");
        usage.putObject("usage").put("total_tokens", answer.tokens());
        send(usage, out);
        out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
    }

    /** A call in two events, as real ones come in many: first its name, then its arguments. */
    private static void call(ToolCall call, int index, OutputStream out) throws IOException {
        var begin = JSON.createObjectNode();
        var named = delta(begin).putArray("tool_calls").addObject().put("index", index);
        named.put("id", call.id()).put("type", "function").putObject("function").put("name", call.name());
        send(begin, out);
        var rest = JSON.createObjectNode();
        delta(rest)
                .putArray("tool_calls")
                .addObject()
                .put("index", index)
                .putObject("function")
                .put("arguments", call.arguments());
        send(rest, out);
    }

    private static ObjectNode delta(ObjectNode event) {
        return event.putArray("choices").addObject().putObject("delta");
    }

    private static void send(ObjectNode event, OutputStream out) throws IOException {
        out.write(("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
