package dev.millrace.controlplane.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.yaml.snakeyaml.Yaml;

/**
 * Asks every operation of the REST contract for what is not there and for what cannot be, with and without a valid token. Whatever is
 * refused is refused in the form and with a status and a code that the contract tells of.
 */
class EveryRefusalIsDocumentedTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Pattern CODE = Pattern.compile("`([A-Z][A-Z_]+)`");
    private static final Map<String, Object> CONTRACT = contract();

    private static Map<String, Object> contract() {
        try (var in = Files.newBufferedReader(Path.of("../openapi/millrace.yaml"))) {
            return new Yaml().load(in);
        } catch (IOException e) {
            throw new IllegalStateException("The contract cannot be read.", e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object yaml) {
        return (Map<String, Object>) yaml;
    }

    /** One operation, with what the contract says of it. */
    private record Operation(String id, String method, String path, Map<String, Object> said) {
        String permission() {
            return (String) said.get("x-millrace-permission");
        }

        boolean hasBody() {
            return said.containsKey("requestBody");
        }

        /** What is said of an answer; null when it is not mentioned. */
        Map<String, Object> response(int status) {
            var response = map(map(said.get("responses")).get(String.valueOf(status)));
            if (response == null || !response.containsKey("$ref")) {
                return response;
            }
            var name = ((String) response.get("$ref")).replace("#/components/responses/", "");
            return map(map(map(CONTRACT.get("components")).get("responses")).get(name));
        }

        /** The path with names of which nothing has one. */
        String toNothing() {
            return path.replace("{tokenId}", "000000000000")
                    .replaceAll("\\{[a-zA-Z]+Id}", UUID.randomUUID().toString())
                    .replace("{version}", "0123456789abcdef0123456789abcdef")
                    .replaceAll("\\{[a-zA-Z]+}", "none-" + UUID.randomUUID());
        }
    }

    private static Stream<Operation> operations() {
        return map(CONTRACT.get("paths")).entrySet().stream()
                .flatMap(path -> map(path.getValue()).entrySet().stream()
                        .filter(item -> !item.getKey().equals("parameters"))
                        .map(item -> new Operation(
                                (String) map(item.getValue()).get("operationId"),
                                item.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                map(item.getValue()))));
    }

    private static void assertDocumented(Operation operation, Answer answer) {
        var about = operation.method() + " " + operation.path() + " answered " + answer.status() + " " + answer.body();
        assertThat(answer.headers().firstValue("Content-Type"))
                .as(about)
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        assertThat(answer.json().members()).as(about).containsKeys("type", "title", "status", "code", "detail");
        assertThat(answer.body()).as(about).contains("\"status\":" + answer.status() + ",");
        assertThat(answer.text("detail")).as(about).contains(" ");
        var response = operation.response(answer.status());
        assertThat(response).as("the contract has no such answer: " + about).isNotNull();
        assertThat(codes((String) response.get("description"))).as(about).contains(answer.code());
    }

    private static Set<String> codes(String description) {
        return CODE.matcher(description).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }

    private static List<Operation> guarded() {
        return operations()
                .filter(operation -> !operation.permission().equals("public"))
                .toList();
    }

    @TestFactory
    Stream<DynamicNode> whoHasNoTokenIsToldSo() {
        return guarded().stream()
                .map(operation -> dynamicTest(operation.id(), () -> {
                    var answer = PLANE.ask(operation.method(), operation.toNothing(), "", "");
                    assertThat(answer.status()).isEqualTo(401);
                    assertDocumented(operation, answer);
                }));
    }

    @TestFactory
    Stream<DynamicNode> whoMayNotIsToldSo() {
        var service = "refused-" + UUID.randomUUID();
        PLANE.ask("POST", "/api/v1/services", "{\"name\":\"" + service + "\"}");
        return guarded().stream()
                .filter(operation ->
                        Permission.grantable(operation.permission()).isPresent())
                .map(operation -> dynamicTest(operation.id(), () -> {
                    var other = operation.permission().equals("runs:read") ? "events:read" : "runs:read";
                    var token = PLANE.ask(
                                    "POST",
                                    "/api/v1/services/" + service + "/tokens",
                                    "{\"name\":\"test\",\"permissions\":[\"" + other + "\"]}")
                            .text("token");
                    var answer = PLANE.ask(operation.method(), operation.toNothing(), "", token);
                    assertThat(answer.status()).isEqualTo(403);
                    assertDocumented(operation, answer);
                }));
    }

    @TestFactory
    Stream<DynamicNode> whatIsNotThereIsNotFound() {
        return guarded().stream()
                // What is put makes what is not there.
                .filter(operation ->
                        operation.path().contains("{") && !operation.method().equals("PUT"))
                .map(operation -> dynamicTest(operation.id(), () -> {
                    var body = EveryDoorIsGuardedTest.body(operation.id());
                    var answer = PLANE.ask(operation.method(), operation.toNothing(), body);
                    assertThat(answer.status()).as(answer.body()).isEqualTo(404);
                    assertDocumented(operation, answer);
                }));
    }

    @TestFactory
    Stream<DynamicNode> anIdThatIsNoneIsRefused() {
        return guarded().stream()
                .filter(operation -> operation.path().matches(".*\\{(?!token)[a-zA-Z]+Id}.*"))
                .map(operation -> dynamicTest(operation.id(), () -> {
                    var body = EveryDoorIsGuardedTest.body(operation.id());
                    var path = operation.path().replaceAll("\\{[a-zA-Z]+}", "not-an-id");
                    var answer = PLANE.ask(operation.method(), path, body);
                    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
                    assertDocumented(operation, answer);
                }));
    }

    @TestFactory
    Stream<DynamicNode> aBodyThatIsNoJsonIsRefused() {
        return guarded().stream()
                .filter(Operation::hasBody)
                .map(operation -> dynamicTest(operation.id(), () -> {
                    var answer = PLANE.ask(operation.method(), operation.toNothing(), "{\"a\":");
                    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
                    assertDocumented(operation, answer);
                }));
    }

    @TestFactory
    Stream<DynamicNode> aParameterThatIsNotKnownIsRefused() {
        return guarded().stream()
                .map(operation -> dynamicTest(operation.id(), () -> {
                    var body = EveryDoorIsGuardedTest.body(operation.id());
                    var answer = PLANE.ask(operation.method(), operation.toNothing() + "?nonsense=1", body);
                    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
                    assertThat(answer.code()).isEqualTo("PARAM_UNKNOWN");
                    assertDocumented(operation, answer);
                }));
    }

    @Test
    void everyCodeOfTheContractExists() {
        var known = Stream.of(ErrorCode.values()).map(Enum::name).toList();
        var named = map(map(CONTRACT.get("components")).get("responses")).values().stream()
                .flatMap(response -> codes((String) map(response).get("description")).stream())
                .collect(Collectors.toSet());
        assertThat(known).containsAll(named);
    }
}
