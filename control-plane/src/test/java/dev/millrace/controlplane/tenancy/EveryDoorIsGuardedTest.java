package dev.millrace.controlplane.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.millrace.controlplane.errors.GrpcRefusals;
import dev.millrace.controlplane.testing.Tenants;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.ManifestJson;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.web.router.Router;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.yaml.snakeyaml.Yaml;

/** Asks every operation of the REST contract and every gRPC method with every kind of credential that must not pass. */
class EveryDoorIsGuardedTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final String MALFORMED = "mr_not_a_token";
    private static final String UNKNOWN = TokenText.random(new SecureRandom()).text();

    /** One operation of the contract. */
    private record Operation(String id, String method, String path, String permission, String body) {
        /** The path with the names of things that are there, in the default tenant. */
        String on(Map<String, String> things) {
            var concrete = path;
            for (var thing : things.entrySet()) {
                concrete = concrete.replace("{" + thing.getKey() + "}", thing.getValue());
            }
            return concrete;
        }
    }

    private static List<Operation> operations() {
        Map<String, Object> contract;
        try (var in = Files.newBufferedReader(Path.of("../openapi/millrace.yaml"))) {
            contract = new Yaml().load(in);
        } catch (IOException e) {
            throw new IllegalStateException("The contract cannot be read.", e);
        }
        List<Operation> operations = new ArrayList<>();
        map(contract.get("paths"))
                .forEach((path, item) -> map(item).forEach((method, found) -> {
                    if (!method.equals("parameters")) {
                        var operation = map(found);
                        operations.add(new Operation(
                                (String) operation.get("operationId"),
                                method.toUpperCase(java.util.Locale.ROOT),
                                path,
                                (String) operation.get("x-millrace-permission"),
                                body((String) operation.get("operationId"))));
                    }
                }));
        assertThat(operations).hasSizeGreaterThan(15);
        return operations;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object yaml) {
        return (Map<String, Object>) yaml;
    }

    /** A body that the operation would take, so that only the credential can be what is refused. */
    static String body(String operation) {
        return switch (operation) {
            case "registerWorkflow" -> ManifestJson.write(Workflow.chain("guarded", "only"));
            case "putEventSchema" -> "{\"schema\":{}}";
            case "startRun" -> "{\"input\":{\"cents\":1}}";
            case "startRuns" -> "{\"items\":[{\"input\":{\"cents\":1}}]}";
            case "cancelRun", "cancelTask", "completeTask", "failTask", "skipTask", "replayRun" ->
                "{\"reason\":\"test\"}";
            case "claimApproval", "expireApproval" -> "{}";
            case "answerApproval" -> "{\"answer\":1}";
            case "escalateApproval" -> "{\"role\":\"other\",\"reason\":\"test\"}";
            case "sendSignal", "sendRequest" -> "{\"data\":1}";
            case "raiseBudget" -> "{\"budget\":\"tokens\",\"limit\":1}";
            case "publishEvents" -> "{\"items\":[{\"name\":\"guarded\",\"data\":1}]}";
            case "createFilter" -> "{\"workflow\":\"guarded\",\"event\":\"guarded\"}";
            case "createWebhook" ->
                "{\"name\":\"" + UUID.randomUUID() + "\",\"source\":\"GITHUB\",\"secrets\":[\"long enough\"]}";
            case "changeWebhook" -> "{\"enabled\":true}";
            case "createSchedule" ->
                "{\"workflow\":\"guarded\",\"name\":\"" + UUID.randomUUID()
                        + "\",\"every\":\"9h\",\"input\":{\"cents\":1}}";
            case "changeSchedule" -> "{\"paused\":true}";
            case "backfillSchedule" -> "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T05:00:00Z\"}";
            case "changeFilter" -> "{\"enabled\":true}";
            case "replayRuns" -> "{\"reason\":\"test\",\"filter\":{\"states\":[\"FAILED\"],\"workflow\":\"guarded\"}}";
            case "evaluateExpression" -> "{\"expression\":\"1 + 1\"}";
            case "setLimit" -> "{\"kind\":\"CONCURRENCY\",\"name\":\"guarded\",\"limit\":5}";
            case "createService" -> "{\"name\":\"guarded-" + UUID.randomUUID() + "\"}";
            case "createToken" -> "{\"name\":\"test\",\"permissions\":[\"runs:read\"]}";
            default -> "";
        };
    }

    private static boolean needsToken(Operation operation) {
        return !operation.permission().equals("public");
    }

    @TestFactory
    Stream<DynamicNode> anOperationDeclaresThePermissionOfTheContract() {
        var router = PLANE.context().getBean(Router.class);
        return operations().stream()
                .map(operation -> dynamicTest(operation.id(), () -> {
                    var request = HttpRequest.create(
                            HttpMethod.valueOf(operation.method()),
                            operation.path().replaceAll("\\{[a-zA-Z]+}", "any"));
                    var route = router.findClosest(request);
                    assertThat(route).as("a controller for " + operation).isNotNull();
                    assertThat(route.getAnnotationMetadata()
                                    .enumValue(RequiresPermission.class, Permission.class)
                                    .map(Permission::wireName))
                            .contains(operation.permission());
                }));
    }

    @TestFactory
    Stream<DynamicNode> anOperationAnswersNobodyWithoutAValidToken() throws SQLException {
        var credentials = Map.of(
                "no token",
                "",
                "a malformed token",
                MALFORMED,
                "an unknown token",
                UNKNOWN,
                "a revoked token",
                revoked(),
                "an expired token",
                expired());
        return operations().stream()
                .filter(EveryDoorIsGuardedTest::needsToken)
                .map(operation -> DynamicContainer.dynamicContainer(
                        operation.id(),
                        credentials.entrySet().stream()
                                .map(credential -> dynamicTest(credential.getKey(), () -> {
                                    var answer = ask(operation, Map.of(), credential.getValue());
                                    assertThat(answer.status()).isEqualTo(401);
                                    assertThat(answer.code()).isEqualTo("UNAUTHENTICATED");
                                    assertThat(answer.headers().firstValue("WWW-Authenticate"))
                                            .isPresent();
                                }))));
    }

    @TestFactory
    Stream<DynamicNode> anOperationIsRefusedToATokenWithoutItsPermission() {
        return operations().stream()
                .filter(operation ->
                        Permission.grantable(operation.permission()).isPresent())
                .map(operation -> dynamicTest(operation.id(), () -> {
                    var others = EnumSet.allOf(Permission.class);
                    others.removeIf(permission ->
                            !permission.isGrantable() || permission.wireName().equals(operation.permission()));
                    var answer =
                            ask(operation, Map.of(), token(others, Instant.now().plusSeconds(600)));
                    assertThat(answer.status()).isEqualTo(403);
                    assertThat(answer.code()).isEqualTo("PERMISSION_DENIED");
                    assertThat(answer.text("detail")).contains(operation.permission());
                }));
    }

    @TestFactory
    Stream<DynamicNode> whatBelongsToAnotherTenantIsAnsweredLikeWhatDoesNotExist() {
        var other = Tenants.create(PLANE, "other-" + UUID.randomUUID());
        var workflow = "guarded-" + UUID.randomUUID();
        var version = Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        var run = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
        var service = "guarded-" + UUID.randomUUID();
        PLANE.ask("POST", "/api/v1/services", "{\"name\":\"" + service + "\"}");
        var tokenId = PLANE.ask(
                        "POST",
                        "/api/v1/services/" + service + "/tokens",
                        "{\"name\":\"test\",\"permissions\":[\"runs:read\"]}")
                .text("tokenId");
        var filter = PLANE.ask("POST", "/api/v1/filters", "{\"workflow\":\"" + workflow + "\",\"event\":\"guarded\"}")
                .text("filterId");
        var event = PLANE.ask("POST", "/api/v1/events", "{\"items\":[{\"name\":\"guarded.x\",\"data\":1}]}")
                .body()
                .replaceAll(".*\"eventId\":\"([0-9a-f-]+)\".*", "$1");
        var schedule = PLANE.ask(
                        "POST",
                        "/api/v1/schedules",
                        "{\"workflow\":\"" + workflow
                                + "\",\"name\":\"guarded\",\"every\":\"9h\",\"input\":{\"cents\":1}}")
                .text("scheduleId");
        var webhook = PLANE.ask(
                        "POST",
                        "/api/v1/webhooks",
                        "{\"name\":\"" + workflow + "\",\"source\":\"GITHUB\",\"secrets\":[\"long enough\"]}")
                .text("webhookId");
        Map<String, String> things = Map.of(
                "workflow",
                workflow,
                "version",
                version,
                "runId",
                run,
                "service",
                service,
                "tokenId",
                tokenId,
                "filterId",
                filter,
                "eventId",
                event,
                "scheduleId",
                schedule,
                "webhookId",
                webhook,
                "eventName",
                "guarded.x");
        PLANE.ask("PUT", "/api/v1/event-schemas/guarded.x", "{\"schema\":{}}");
        Map<String, String> nothing = new HashMap<>();
        things.keySet().forEach(thing -> nothing.put(thing, UUID.randomUUID().toString()));
        nothing.put("version", "0123456789abcdef0123456789abcdef");
        nothing.put("tokenId", "000000000000");
        return operations().stream()
                .filter(EveryDoorIsGuardedTest::needsToken)
                // Comes to be by being put, in each tenant.
                .filter(operation -> !operation.id().equals("putEventSchema"))
                .map(operation -> dynamicTest(operation.id(), () -> {
                    var theirs = ask(operation, things, other.token());
                    if (operation.path().contains("{")) {
                        var missing = ask(operation, nothing, other.token());
                        assertThat(theirs.status()).isEqualTo(404).isEqualTo(missing.status());
                        assertThat(anonymous(theirs, things)).isEqualTo(anonymous(missing, nothing));
                    } else {
                        // Lists and creations work, on the other tenant's own things.
                        assertThat(theirs.status()).isBetween(200, 299);
                        assertThat(theirs.body()).doesNotContain(things.values());
                    }
                }));
    }

    private static String anonymous(Answer answer, Map<String, String> things) {
        var body = answer.body();
        for (var thing : things.values()) {
            body = body.replace(thing, "…");
        }
        return body;
    }

    private static Answer ask(Operation operation, Map<String, String> things, String token) {
        var path = operation
                .on(things)
                .replaceAll(
                        "\\{(runId|eventId|filterId|scheduleId|webhookId|workerId)}",
                        UUID.randomUUID().toString())
                .replaceAll("\\{[a-zA-Z]+}", "any");
        return PLANE.ask(operation.method(), path, operation.body(), token);
    }

    // ---- gRPC ----

    private static List<MethodDescriptor<?, ?>> methods() {
        List<MethodDescriptor<?, ?>> methods = new ArrayList<>();
        for (var service : PLANE.context().getBeansOfType(BindableService.class)) {
            service.bindService().getMethods().forEach(method -> methods.add(method.getMethodDescriptor()));
        }
        assertThat(methods)
                .extracting(MethodDescriptor::getFullMethodName)
                .contains("millrace.worker.v1.Worker/Work", "millrace.runs.v1.Runs/Session");
        return methods;
    }

    @Test
    void everyMethodDeclaresAPermission() {
        var declared = GrpcAccess.declared(List.copyOf(PLANE.context().getBeansOfType(BindableService.class)));
        assertThat(declared.keySet())
                .containsExactlyInAnyOrderElementsOf(methods().stream()
                        .map(MethodDescriptor::getFullMethodName)
                        .toList());
    }

    @TestFactory
    Stream<DynamicNode> aMethodAnswersNobodyWithoutAValidToken() throws SQLException {
        var credentials = Map.of(
                "no token",
                "",
                "a malformed token",
                MALFORMED,
                "an unknown token",
                UNKNOWN,
                "a revoked token",
                revoked(),
                "an expired token",
                expired());
        return methods().stream()
                .map(method -> DynamicContainer.dynamicContainer(
                        method.getFullMethodName(),
                        credentials.entrySet().stream()
                                .map(credential -> dynamicTest(credential.getKey(), () -> {
                                    var end = call(method, credential.getValue());
                                    assertThat(end.status().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                                    assertThat(end.trailers().get(GrpcRefusals.CODE))
                                            .isEqualTo("UNAUTHENTICATED");
                                }))));
    }

    @TestFactory
    Stream<DynamicNode> aMethodIsRefusedToATokenWithoutItsPermission() throws SQLException {
        var declared = GrpcAccess.declared(List.copyOf(PLANE.context().getBeansOfType(BindableService.class)));
        return methods().stream()
                .filter(method -> declared.get(method.getFullMethodName()).isGrantable())
                .map(method -> dynamicTest(method.getFullMethodName(), () -> {
                    var others = EnumSet.allOf(Permission.class);
                    others.removeIf(permission ->
                            !permission.isGrantable() || permission == declared.get(method.getFullMethodName()));
                    var end = call(method, token(others, Instant.now().plusSeconds(600)));
                    assertThat(end.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
                }));
    }

    private record End(Status status, Metadata trailers) {}

    /** Opens the call with an empty message and waits for its end. */
    private static End call(MethodDescriptor<?, ?> method, String token) throws Exception {
        var raw = method.toBuilder(new Bytes(), new Bytes()).build();
        var channel = token.isEmpty()
                ? PLANE.channel()
                : ClientInterceptors.intercept(PLANE.channel(), TestControlPlane.presenting(token));
        var end = new CompletableFuture<End>();
        ClientCall<byte[], byte[]> call = channel.newCall(raw, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(new End(status, trailers));
                    }
                },
                new Metadata());
        call.request(1);
        call.sendMessage(new byte[0]);
        return end.get(10, TimeUnit.SECONDS);
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    // ---- tokens that must not pass ----

    private static String revoked() {
        var created = PLANE.ask(
                "POST", "/api/v1/services/default/tokens", "{\"name\":\"test\",\"permissions\":[\"runs:read\"]}");
        assertThat(PLANE.ask("GET", "/api/v1/whoami", "", created.text("token")).status())
                .isEqualTo(200);
        assertThat(PLANE.ask("DELETE", "/api/v1/services/default/tokens/" + created.text("tokenId"), "")
                        .status())
                .isEqualTo(204);
        return created.text("token");
    }

    private static String expired() throws SQLException {
        return token(EnumSet.of(Permission.RUNS_READ), Instant.now().minusSeconds(1));
    }

    private static String token(EnumSet<Permission> permissions, Instant expiresAt) throws SQLException {
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.prepareStatement(
                        "SELECT tenant_id, service_id FROM core.service JOIN core.tenant t USING (tenant_id)"
                                + " WHERE t.name = 'default' AND service.name = 'default'");
                var rows = statement.executeQuery()) {
            rows.next();
            return TestTokens.create(
                    connection, rows.getObject(1, UUID.class), rows.getObject(2, UUID.class), permissions, expiresAt);
        }
    }
}
