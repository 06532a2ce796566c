package dev.millrace.samples.orders.simulated;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.NonRetryableException;
import dev.millrace.samples.orders.Payment;
import dev.millrace.samples.orders.ServiceBusyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The simulated payment provider behind HTTP, on this machine only: it answers 402 to a refused card, 429 while it is busy, and to a
 * repeated idempotency key as to the first. Safe for use by many threads.
 */
public final class PaymentServer implements AutoCloseable {
    private static final int THREADS = 32;
    private static final JsonMapper JSON = new JsonMapper();

    private final SimulatedPayments payments = new SimulatedPayments();
    private final AtomicInteger tooMany = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, body -> {
        var thread = new Thread(body, "payment-provider");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpServer server;

    /** Starts it on a free port. */
    public PaymentServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("The simulated payment provider cannot be started.", e);
        }
        server.createContext("/payments", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** Where it is. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** How often it had too much to do. */
    public int tooMany() {
        return tooMany.get();
    }

    /** How many payments were taken and not given back. */
    public int taken() {
        return payments.taken().size();
    }

    /** How often it was asked for a payment that it had taken already. */
    public int repeated() {
        return payments.repeated();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestMethod()) {
                case "POST" -> charge(exchange);
                case "DELETE" -> refund(exchange);
                case "GET" -> reply(exchange, 200, payments.taken());
                default -> reply(exchange, 405, Map.of());
            }
        }
    }

    private void charge(HttpExchange exchange) throws IOException {
        var order = JSON.readTree(exchange.getRequestBody().readAllBytes());
        try {
            var payment = payments.charge(
                    order.path("card").asText(),
                    order.path("cents").asLong(),
                    order.path("currency").asText(),
                    exchange.getRequestHeaders().getFirst("Idempotency-Key"));
            reply(exchange, 200, Map.of("id", payment.id()));
        } catch (NonRetryableException e) {
            var reason = SimulatedPayments.refusal(order.path("card").asText()).orElse(e.getMessage());
            reply(exchange, 402, Map.of("reason", reason));
        } catch (ServiceBusyException e) {
            tooMany.incrementAndGet();
            exchange.getResponseHeaders().set("Retry-After", "1");
            reply(exchange, 429, Map.of());
        }
    }

    private void refund(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        payments.refund(new Payment(path.substring(path.lastIndexOf('/') + 1), 0, ""));
        reply(exchange, 200, Map.of());
    }

    private static void reply(HttpExchange exchange, int status, Object body) throws IOException {
        var bytes = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
