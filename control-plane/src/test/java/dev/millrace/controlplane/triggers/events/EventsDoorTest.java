package dev.millrace.controlplane.triggers.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.errors.GrpcRefusals;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.protocol.events.v1.EventReply;
import dev.millrace.protocol.events.v1.EventsGrpc;
import dev.millrace.protocol.events.v1.EventsGrpc.EventsBlockingStub;
import dev.millrace.protocol.events.v1.NewEvent;
import dev.millrace.protocol.events.v1.PublishRequest;
import io.grpc.ClientInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events over gRPC, and what they must look like where somebody has said so. */
class EventsDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();

    private final String name = "e" + UUID.randomUUID() + ".placed";

    private static EventsBlockingStub door() {
        return EventsGrpc.newBlockingStub(
                        ClientInterceptors.intercept(PLANE.channel(), TestControlPlane.presenting(PLANE.token())))
                .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private NewEvent.Builder event(String data) {
        return NewEvent.newBuilder().setName(name).setData(ByteString.copyFromUtf8(data));
    }

    private static List<EventReply> publish(NewEvent.Builder... events) {
        var request = PublishRequest.newBuilder();
        for (var event : events) {
            request.addItems(event);
        }
        return door().publish(request.build()).getItemsList();
    }

    private static String id(EventReply reply) {
        var bytes = ByteBuffer.wrap(reply.getPublished().getEventId().toByteArray());
        return new UUID(bytes.getLong(), bytes.getLong()).toString();
    }

    @Test
    void eachEventOfARequestIsStoredOrRefusedAlone() {
        var replies = publish(
                event("{\"cents\":1}").setId("k-" + name).setScope("eu").putMetadata("region", "eu"),
                event("{\"cents\":1").setId("other"),
                event("{}").setName("order.*"),
                event("\"" + "x".repeat(256 << 10) + "\""),
                event("{\"cents\":2}").setId("k-" + name));

        assertThat(replies)
                .extracting(reply -> reply.getRefused().getCode())
                .containsExactly("", "INVALID_JSON", "FIELD_INVALID", "PAYLOAD_TOO_LARGE", "");
        assertThat(replies.get(0).getPublished().getDuplicate()).isFalse();
        assertThat(replies.get(4).getPublished().getDuplicate()).isTrue();
        assertThat(id(replies.get(4))).isEqualTo(id(replies.get(0)));
        var stored = PLANE.ask("GET", "/api/v1/events/" + id(replies.get(0)), "");
        assertThat(stored.status()).isEqualTo(200);
        assertThat(stored.body())
                .contains("\"data\":{\"cents\":1}", "\"scope\":\"eu\"", "\"metadata\":{\"region\":\"eu\"}");
    }

    @Test
    void aRequestHasOneToAThousandEvents() {
        assertThatThrownBy(EventsDoorTest::publish).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(refused.getTrailers().get(GrpcRefusals.CODE)).isEqualTo("FIELD_INVALID");
        });
        var many = PublishRequest.newBuilder();
        for (int i = 0; i < 1_000; i++) {
            many.addItems(event("{\"n\":" + i + "}"));
        }
        var replies = door().publish(many.build()).getItemsList();
        assertThat(replies)
                .hasSize(1_000)
                .allSatisfy(reply -> assertThat(reply.hasPublished()).isTrue());
        assertThatThrownBy(() -> door().publish(
                                many.addItems(event("{\"one\":\"more\"}")).build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("1001");
    }

    private String schemaPath() {
        return "/api/v1/event-schemas/" + name;
    }

    private void putSchema() {
        var put = PLANE.ask("PUT", schemaPath(), """
                {"schema":{"type":"object","required":["cents"],"properties":{"cents":{"type":"integer","minimum":1}}}}""");
        assertThat(put.status()).as(put.body()).isEqualTo(200);
    }

    @Test
    void anEventThatDoesNotMatchTheSchemaOfItsNameIsRefusedWithThePath() {
        putSchema();

        var replies = publish(event("{\"cents\":5}"), event("{\"cents\":\"5\"}"), event("{}"), event("{\"cents\":0}"));

        assertThat(replies)
                .extracting(reply -> reply.getRefused().getCode())
                .containsExactly("", "SCHEMA_MISMATCH", "SCHEMA_MISMATCH", "SCHEMA_MISMATCH");
        assertThat(replies.get(1).getRefused().getMessage()).contains("$.items[1].data.cents", name);
        var rest = PLANE.ask(
                "POST", "/api/v1/events", "{\"items\":[{\"name\":\"" + name + "\",\"data\":{\"cents\":true}}]}");
        assertThat(rest.body()).contains("SCHEMA_MISMATCH", "\"path\":\"$.items[0].data.cents\"");
        // Other names are not concerned.
        assertThat(publish(event("7").setName(name + ".eu")).get(0).hasPublished())
                .isTrue();
    }

    @Test
    void aSchemaIsReadListedReplacedAndDeleted() {
        putSchema();
        assertThat(PLANE.ask("GET", schemaPath(), "").body()).contains("\"minimum\":1");
        assertThat(PLANE.ask("GET", "/api/v1/event-schemas", "").body()).contains("\"event\":\"" + name + "\"");
        assertThat(PLANE.ask("PUT", schemaPath(), "{\"schema\":{\"type\":\"string\"}}")
                        .status())
                .isEqualTo(200);
        assertThat(publish(event("{\"cents\":5}")).get(0).hasRefused()).isTrue();
        assertThat(publish(event("\"text\"")).get(0).hasPublished()).isTrue();

        assertThat(PLANE.ask("DELETE", schemaPath(), "").status()).isEqualTo(204);

        assertThat(publish(event("{\"cents\":5}")).get(0).hasPublished()).isTrue();
        assertThat(PLANE.ask("GET", schemaPath(), "").code()).isEqualTo("EVENT_SCHEMA_NOT_FOUND");
        assertThat(PLANE.ask("DELETE", schemaPath(), "").code()).isEqualTo("EVENT_SCHEMA_NOT_FOUND");
    }

    @Test
    void aSchemaDecidesOverAReplayToo() {
        var event = id(publish(event("{\"cents\":\"five\"}")).get(0));
        putSchema();
        var replay = PLANE.ask("POST", "/api/v1/events/" + event + "/replay", "");
        assertThat(replay.status()).isEqualTo(422);
        assertThat(replay.code()).isEqualTo("SCHEMA_MISMATCH");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ok       | {\"schema\":7}                          | FIELD_INVALID",
                "ok       | {\"schema\":{\"type\":\"intger\"}}      | FIELD_INVALID",
                "ok       | {\"schema\":{\"requird\":[\"a\"]}}      | FIELD_INVALID",
                "ok       | {\"schema\":{\"a\":1,\"a\":2}}          | DUPLICATE_KEY",
                "ok       | {\"schema\":{},\"more\":1}              | UNKNOWN_FIELD",
                "ok       | {}                                      | FIELD_INVALID",
                "order.*  | {\"schema\":{}}                         | PARAM_INVALID"
            })
    void whatIsNoSchemaIsRefused(String event, String body, String code) {
        var answer = PLANE.ask("PUT", "/api/v1/event-schemas/" + event, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.code()).as(answer.body()).isEqualTo(code);
    }
}
