package dev.millrace.samples.research;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.NonRetryableException;
import dev.millrace.RetryAfterException;
import dev.millrace.samples.research.simulated.ModelServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client against servers on this machine. */
class OpenAiModelTest {
    private final ModelServer scripted = new ModelServer();
    private final List<HttpServer> servers = new ArrayList<>();

    @AfterEach
    void close() {
        scripted.close();
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void anAnswerComesPieceByPieceAndIsWholeInTheEnd() {
        var pieces = new ArrayList<String>();

        var answer =
                model(scripted.address()).answer(Prompt.of(Instructions.PLAN, "heat pumps", List.of()), pieces::add);

        assertThat(pieces).hasSizeGreaterThan(5);
        assertThat(String.join("", pieces)).isEqualTo(answer.text());
        assertThat(Json.read(answer.text(), ResearchAgent.Plan.class).queries())
                .extracting(Query::source)
                .containsExactly("news", "statistics", "archive");
        assertThat(answer.tokens()).isPositive();
    }

    @Test
    void toolsThatItWantsArePutTogetherFromTheirPieces() {
        var answer = model(scripted.address())
                .answer(Prompt.of(Instructions.ANALYSE, "heat pumps statistics-1", Instructions.TOOLS), piece -> {});

        assertThat(answer.calls())
                .containsExactly(
                        new ToolCall("call-1", "change", "{\"from\": 120, \"to\": 84}"),
                        new ToolCall(
                                "call-2",
                                "search",
                                "{\"source\": \"news\", \"words\": \"used heat pumps statistics-1\"}"));
    }

    @Test
    void aModelWithTooMuchToDoClosesTheLimitForAsLongAsItSays() {
        var prompt = Prompt.of(Instructions.REPORT, "heat pumps", List.of());
        var model = model(scripted.address());

        assertThatThrownBy(() -> model.answer(prompt, piece -> {}))
                .isInstanceOfSatisfying(RetryAfterException.class, refused -> {
                    assertThat(refused.delay()).isEqualTo(Duration.ofSeconds(1));
                    assertThat(refused.rateLimit()).contains(Model.LIMIT);
                });
        assertThat(model.answer(prompt, piece -> {}).text()).contains("heat pumps");
    }

    @Test
    void whatItWillNeverAnswerIsNotTriedAgain() {
        assertThatThrownBy(() -> ask(server(401, "{\"error\": \"no such key\"}")))
                .isInstanceOf(NonRetryableException.class)
                .hasMessageContaining("401")
                .hasMessageContaining("no such key");
    }

    @Test
    void aServerInTroubleIsTriedAgain() {
        assertThatThrownBy(() -> ask(server(503, "later")))
                .isInstanceOf(ModelBusyException.class)
                .hasMessageContaining("503");
    }

    @Test
    void anAnswerThatBreaksOffIsTriedAgain() {
        var half = "data: {\"choices\": [{\"delta\": {\"content\": \"It is\"}}]}\n\n";

        assertThatThrownBy(() -> ask(server(200, half)))
                .isInstanceOf(ModelBusyException.class)
                .hasMessage("The model's answer broke off after 5 characters.");
    }

    private static void ask(URI base) {
        model(base).answer(Prompt.of("Be brief.", "Why?", List.of()), piece -> {});
    }

    private static OpenAiModel model(URI base) {
        return new OpenAiModel(base, "a-key", "a-model");
    }

    /** One that answers everything in the same way. */
    private URI server(int status, String body) {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            servers.add(server);
            server.createContext("/", exchange -> {
                try (exchange) {
                    exchange.getRequestBody().readAllBytes();
                    var bytes = body.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                }
            });
            server.start();
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
