package dev.millrace.samples.orders;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.NonRetryableException;
import dev.millrace.RetryAfterException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A payment provider over HTTP, as most of them are: the idempotency key is a header, a refused card is 402, and 429 says how long to leave
 * it alone. Safe for use by many threads.
 */
public final class HttpPayments implements PaymentProvider {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER)
            .build();
    private final URI provider;

    public HttpPayments(URI provider) {
        this.provider = provider;
    }

    @Override
    public Payment charge(String paymentMethod, long cents, String currency, String idempotencyKey) {
        var body = Map.of("card", paymentMethod, "cents", cents, "currency", currency);
        var answer = send(HttpRequest.newBuilder(provider.resolve("/payments"))
                .header("Idempotency-Key", idempotencyKey)
                .POST(HttpRequest.BodyPublishers.ofString(written(body))));
        var json = read(answer, new TypeReference<Map<String, String>>() {});
        if (answer.statusCode() == 402) {
            throw new NonRetryableException("The card " + paymentMethod + " was refused: " + json.get("reason") + ".");
        }
        return new Payment(json.get("id"), cents, currency);
    }

    @Override
    public void refund(Payment payment) {
        send(HttpRequest.newBuilder(provider.resolve("/payments/" + payment.id()))
                .DELETE());
    }

    @Override
    public List<String> taken() {
        return read(send(HttpRequest.newBuilder(provider.resolve("/payments")).GET()), new TypeReference<>() {});
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            var answer = http.send(request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 429) {
                throw new RetryAfterException(Duration.ofSeconds(
                        answer.headers().firstValueAsLong("Retry-After").orElse(1)));
            }
            if (answer.statusCode() >= 500) {
                throw new ServiceBusyException("The payment provider answered " + answer.statusCode() + ".");
            }
            return answer;
        } catch (IOException e) {
            throw new ServiceBusyException("The payment provider cannot be reached: " + e + ".");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceBusyException("The call was interrupted before it was answered.");
        }
    }

    private static String written(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T read(HttpResponse<String> answer, TypeReference<T> type) {
        try {
            return JSON.readValue(answer.body(), type);
        } catch (JsonProcessingException e) {
            throw new ServiceBusyException("The payment provider's answer cannot be read: " + e.getOriginalMessage());
        }
    }
}
