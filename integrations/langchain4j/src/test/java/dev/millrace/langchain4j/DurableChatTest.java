package dev.millrace.langchain4j;

import static dev.millrace.testing.MillraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.millrace.testing.TestMillrace;
import dev.millrace.tools.Tools;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Conversations with a scripted model: nothing here needs a network. */
class DurableChatTest {
    private static final String FILTER = "{\"available\":true,\"sizes\":[\"SMALL\"],\"near\":[]}";

    private final TestMillrace millrace = TestMillrace.create();
    private final Shop shop = new Shop();

    private static ToolExecutionRequest request(String id, String tool, String arguments) {
        return ToolExecutionRequest.builder()
                .id(id)
                .name(tool)
                .arguments(arguments)
                .build();
    }

    /** Asks for two tools at once, then for one that there is not, then answers with what it was told last. */
    private static AiMessage librarian(ChatRequest request) {
        return switch (request.messages().size()) {
            case 1 ->
                AiMessage.from(List.of(
                        request("1", "search", "{\"query\":\"mill\",\"filter\":" + FILTER + "}"),
                        request("2", "stock", "{\"product\":\"mill\"}")));
            case 4 -> AiMessage.from(request("3", "stocks", "{}"));
            default -> AiMessage.from("That is " + results(request.messages()));
        };
    }

    private static List<String> results(List<ChatMessage> messages) {
        return messages.stream()
                .filter(ToolExecutionResultMessage.class::isInstance)
                .map(message -> ((ToolExecutionResultMessage) message).text())
                .toList();
    }

    @Test
    void aModelIsGivenWhatItAsksForUntilItAnswers() {
        var model = new ScriptedModel(DurableChatTest::librarian);
        millrace.worker(new Assistant(model, shop));
        var run = millrace.run(Assistant.class, new Assistant.Question("mills"));
        assertThat(run).succeeded().used("tokens", 300);
        assertThat(run.result(String.class))
                .contains("[\"mill 1\",\"mill 2\"]", "4", "UNKNOWN_TOOL", "there are search, stock");
        assertThat(shop.asked).containsExactlyInAnyOrder("mill", "mill");
        assertThat(model.asked).hasSize(3);
        assertThat(model.asked.get(0).toolSpecifications()).hasSize(2);
    }

    @Test
    void whereverTheWorkerDiesTheAnswerIsTheSame() {
        int points = TestMillrace.crashEverywhere(plane -> {
            plane.worker(new Assistant(new ScriptedModel(DurableChatTest::librarian), new Shop()));
            return plane.start(Assistant.class, new Assistant.Question("mills"));
        });
        assertThat(points).isGreaterThan(8);
    }

    @Test
    void aModelThatCannotBeAskedIsAskedAgainAsTheOptionsSay() {
        var failures = new AtomicInteger(1);
        millrace.worker(new Assistant(
                new ScriptedModel(request -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("overloaded");
                    }
                    return AiMessage.from("hello");
                }),
                shop));
        assertThat(millrace.run(Assistant.class, new Assistant.Question("mills")))
                .succeeded()
                .result("hello");
    }

    @Test
    void aModelThatNeverAnswersFailsTheStep() {
        millrace.worker(new Assistant(
                new ScriptedModel(request -> AiMessage.from(request("1", "stock", "{\"product\":\"mill\"}"))), shop));
        assertThat(millrace.run(Assistant.class, new Assistant.Question("mills")))
                .failed();
        assertThat(shop.asked).hasSize(3);
    }

    @Test
    void specificationsSayWhatTheTypesSay() {
        var specifications = MillraceTools.specifications(Tools.of(shop));
        var search = specifications.get(0);
        assertThat(search.name()).isEqualTo("search");
        assertThat(search.description()).isEqualTo("Finds products.");
        var parameters = search.parameters();
        assertThat(parameters.required()).containsExactly("query", "filter");
        assertThat(parameters.additionalProperties()).isFalse();
        assertThat(parameters.properties().get("query"))
                .isEqualTo(JsonStringSchema.builder().description("a few words").build());
        assertThat(parameters.properties().get("filter")).isInstanceOf(JsonReferenceSchema.class);
        var filter = (JsonObjectSchema) parameters.definitions().get("Filter");
        assertThat(filter.properties().get("available")).isInstanceOf(JsonBooleanSchema.class);
        assertThat(((JsonArraySchema) filter.properties().get("sizes")).items())
                .isInstanceOfAny(JsonEnumSchema.class, JsonReferenceSchema.class);
        assertThat(((JsonArraySchema) filter.properties().get("near")).items()).isInstanceOf(JsonReferenceSchema.class);
    }
}
