package dev.millrace.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.millrace.rest.model.Problem;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Sends the generated operations to one control plane. Build one per process and hand it to the operations you need:
 *
 * <pre>{@code
 * try (var client = RestClient.builder(URI.create("http://localhost:8080")).token("mr_...").build()) {
 *     RunPage page = new RunsApi(client).listRuns(o -> o.workflow("order-fulfilment").limit(10));
 * }
 * }</pre>
 *
 * <p>Calls block. A call is never sent twice behind your back: after a lost connection its outcome is unknown, and only the
 * caller knows whether repeating it is safe. Safe for use by several threads.
 */
public final class RestClient implements AutoCloseable {
    private static final MediaType JSON = MediaType.get("application/json");
    private static final int FOREIGN_ANSWER_SHOWN = 200;

    private final HttpUrl address;
    private final OkHttpClient http;
    private final Supplier<String> token;
    private final ObjectMapper mapper = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            // Generated models begin with empty maps, which would otherwise be sent though nobody set them.
            .withConfigOverride(
                    Map.class,
                    map -> map.setInclude(
                            JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS)))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            // Answers may get new fields at any time; the contract says so.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new JavaTimeModule())
            .build();

    private RestClient(Builder builder) {
        this.address = builder.address;
        this.token = builder.token;
        this.http = new OkHttpClient.Builder()
                .connectTimeout(Duration.ofSeconds(5))
                // One limit over the whole call; OkHttp's own limits per read and write would cut long waits short.
                .callTimeout(builder.timeout)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .build();
    }

    /**
     * @param address where the control plane listens, such as {@code http://localhost:8080}; a path in front of
     *     {@code /api} is kept
     * @throws IllegalArgumentException if it is not an absolute {@code http} or {@code https} address
     */
    public static Builder builder(URI address) {
        return new Builder(address);
    }

    /** Closes idle connections; calls under way end as they would. The client must not be used afterwards. */
    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    <T> T send(RestCall call, TypeReference<T> answer) {
        return exchange(call, body -> mapper.readValue(body, answer));
    }

    void send(RestCall call) {
        exchange(call, body -> Optional.empty());
    }

    /**
     * Asks a {@code GET} operation and gives the answer as the server wrote it: with fields that this client does not know, in the
     * server's order, numbers digit by digit.
     *
     * @param path as the contract has it, such as {@code /api/v1/runs/{runId}}
     * @param values of the path's placeholders, by name
     * @throws RestException when the server refuses
     * @throws RestUnavailableException when it cannot be reached
     */
    public RawJson read(String path, Map<String, ?> values) {
        var call = RestCall.of("GET", path);
        values.forEach(call::path);
        return exchange(call, body -> new RawJson(new String(body, StandardCharsets.UTF_8)));
    }

    private <T> T exchange(RestCall call, AnswerReader<T> reader) {
        try (Response response = http.newCall(request(call)).execute()) {
            byte[] body = response.body().bytes();
            if (!response.isSuccessful()) {
                throw refusal(call, response.code(), body);
            }
            try {
                return reader.read(body);
            } catch (JsonProcessingException e) {
                throw foreign(call, response.code(), body, e);
            }
        } catch (IOException e) {
            throw new RestUnavailableException(call, address.toString(), e);
        }
    }

    private Request request(RestCall call) {
        var url = address.newBuilder();
        call.pathSegments().forEach(url::addPathSegment);
        call.queryParameters().forEach(parameter -> url.addQueryParameter(parameter.name(), parameter.value()));
        var request =
                new Request.Builder().url(url.build()).header("Accept", "application/json, application/problem+json");
        var credential = token.get();
        if (!credential.isEmpty()) {
            request.header("Authorization", "Bearer " + credential);
        }
        call.headers().forEach(header -> request.header(header.name(), header.value()));
        return request.method(call.method(), requestBody(call)).build();
    }

    /** What OkHttp wants: null for a method without a body. */
    private RequestBody requestBody(RestCall call) {
        if (call.body().isPresent()) {
            return RequestBody.create(write(call, call.body().get()), JSON);
        }
        boolean needsOne = call.method().equals("POST")
                || call.method().equals("PUT")
                || call.method().equals("PATCH");
        return needsOne ? RequestBody.create(new byte[0], null) : null;
    }

    private byte[] write(RestCall call, Object body) {
        try {
            return mapper.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "The body of " + call + " cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    private RestException refusal(RestCall call, int status, byte[] body) {
        try {
            var problem = mapper.readValue(body, Problem.class);
            if (problem != null && problem.getCode() != null && problem.getStatus() != null) {
                return RestException.of(call, problem);
            }
        } catch (IOException e) {
            return foreign(call, status, body, e);
        }
        return RestException.ofForeignAnswer(call, status, beginning(body));
    }

    private static RestException foreign(RestCall call, int status, byte[] body, Exception cause) {
        var exception = RestException.ofForeignAnswer(call, status, beginning(body));
        exception.initCause(cause);
        return exception;
    }

    private static String beginning(byte[] body) {
        var text = new String(body, 0, Math.min(body.length, FOREIGN_ANSWER_SHOWN), StandardCharsets.UTF_8);
        return text.isBlank() ? "(empty)" : text;
    }

    @FunctionalInterface
    private interface AnswerReader<T> {
        T read(byte[] body) throws IOException;
    }

    /** Settings of a {@link RestClient}. For one thread. */
    public static final class Builder {
        private final HttpUrl address;
        private Supplier<String> token = () -> "";
        private Duration timeout = Duration.ofSeconds(90);

        private Builder(URI address) {
            this.address = Optional.ofNullable(HttpUrl.parse(address.toString()))
                    .orElseThrow(() -> new IllegalArgumentException("The address \"" + address
                            + "\" of the control plane must begin with http:// or https://, as in"
                            + " http://localhost:8080."));
        }

        /** The bearer token of a service; without one only the public operations answer. */
        public Builder token(String token) {
            Objects.requireNonNull(token, "token");
            return token(() -> token);
        }

        /** Asked for the token before every call, for tokens that change. An empty one is not sent. */
        public Builder token(Supplier<String> token) {
            this.token = Objects.requireNonNull(token, "token");
            return this;
        }

        /**
         * The longest that one call may take in all; 90 s unless given, which leaves room for the longest wait for a result
         * (60 s).
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException(
                        "The timeout of a call must be positive, but it is " + timeout + ".");
            }
            this.timeout = timeout;
            return this;
        }

        public RestClient build() {
            return new RestClient(this);
        }
    }
}
