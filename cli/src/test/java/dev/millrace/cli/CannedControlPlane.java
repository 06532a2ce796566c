package dev.millrace.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers each REST request with the text that the test set for it, as the contract has it, and records what was asked. What a real
 * control plane answers is the business of the system tests.
 */
public final class CannedControlPlane implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, Answer> answers = Collections.synchronizedMap(new LinkedHashMap<>());
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    private record Answer(int status, String body) {}

    public CannedControlPlane() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /**
     * Sets an answer.
     *
     * @param request method and address without the host, such as {@code GET /api/v1/runs?limit=50}
     */
    public void on(String request, int status, String body) {
        answers.put(request, new Answer(status, body));
    }

    /** What was asked so far: method, address, body; separated by blanks. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add((request + " " + body).strip());
            var answer = "Bearer mr_test".equals(exchange.getRequestHeaders().getFirst("Authorization"))
                    ? answers.getOrDefault(
                            request, problem(404, "NOT_CANNED", "The test set no answer for " + request + "."))
                    : problem(401, "UNAUTHENTICATED", "The token is unknown.");
            var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    /** A refusal as the contract has it. */
    public void refuse(String request, int status, String code, String detail) {
        answers.put(request, problem(status, code, detail));
    }

    private static Answer problem(int status, String code, String detail) {
        return new Answer(
                status,
                "{\"type\":\"about:blank\",\"title\":\"Refused\",\"status\":" + status + ",\"code\":\"" + code
                        + "\",\"detail\":\"" + detail + "\"}");
    }
}
