package dev.millrace.controlplane.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.ManifestJson;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WorkflowsControllerTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "m-" + UUID.randomUUID();
    private final String path = "/api/v1/workflows/" + workflow;

    private static TestControlPlane.Answer register(String manifest) {
        return PLANE.ask("POST", "/api/v1/workflows", manifest);
    }

    @Test
    void aManifestIsRegisteredOnce() {
        var manifest = Workflow.chain(workflow, "only");
        var first = register(ManifestJson.write(manifest));
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.text("version")).isEqualTo(manifest.hash());
        assertThat(first.json().members().get("created")).isEqualTo(JsonValue.TRUE);
        // The same content, written differently.
        var again = register(Json.canonical(ManifestJson.toJson(manifest)));
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("version")).isEqualTo(manifest.hash());
        assertThat(again.json().members().get("created")).isEqualTo(JsonValue.FALSE);
    }

    @Test
    void theLatestVersionIsTheOneRegisteredLast() {
        var first = Workflow.register(PLANE, Workflow.chain(workflow, "a"), PLANE.token());
        var second = Workflow.register(PLANE, Workflow.chain(workflow, "a", "b"), PLANE.token());
        assertThat(PLANE.ask("GET", path, "").text("latestVersion")).isEqualTo(second);
        Workflow.register(PLANE, Workflow.chain(workflow, "a"), PLANE.token());
        assertThat(PLANE.ask("GET", path, "").text("latestVersion")).isEqualTo(second);
        assertThat(PLANE.ask("GET", path, "").text("service")).isEqualTo("default");
        assertThat(versions("limit=1")).containsExactly(second, first);

        var detail = PLANE.ask("GET", path + "/versions/" + first, "");
        assertThat(detail.status()).isEqualTo(200);
        var manifest = detail.json().members().get("manifest");
        assertThat(ManifestJson.fromJson(manifest)).isEqualTo(Workflow.chain(workflow, "a"));
        assertThat(PLANE.ask("GET", path + "/versions/nope", "").code()).isEqualTo("VERSION_NOT_FOUND");
    }

    /** All versions, page by page. */
    private List<String> versions(String query) {
        List<String> found = new ArrayList<>();
        var page = PLANE.ask("GET", path + "/versions?" + query, "");
        while (true) {
            assertThat(page.status()).as(page.body()).isEqualTo(200);
            for (var item : ((JsonValue.Array) page.json().members().get("items")).items()) {
                found.add(((JsonValue.Text) ((JsonValue.Object) item).members().get("version")).value());
            }
            if (!page.json().members().containsKey("nextCursor")) {
                return found;
            }
            page = PLANE.ask("GET", path + "/versions?" + query + "&cursor=" + page.text("nextCursor"), "");
        }
    }

    @Test
    void pagesHoldEveryWorkflowOnce() {
        for (int i = 0; i < 5; i++) {
            Workflow.register(PLANE, Workflow.chain(workflow + "-" + i, "only"), PLANE.token());
        }
        List<String> found = new ArrayList<>();
        var cursor = "";
        do {
            var page = PLANE.ask("GET", "/api/v1/workflows?limit=2" + cursor, "");
            for (var item : ((JsonValue.Array) page.json().members().get("items")).items()) {
                found.add(((JsonValue.Text) ((JsonValue.Object) item).members().get("name")).value());
            }
            cursor = page.json().members().containsKey("nextCursor") ? "&cursor=" + page.text("nextCursor") : "";
        } while (!cursor.isEmpty());
        assertThat(found).doesNotHaveDuplicates().isSorted();
        assertThat(found.stream().filter(name -> name.startsWith(workflow))).hasSize(5);
        for (var forged : List.of("%00", "x", "8J-SqQ%3D%3D", "AAAA")) {
            assertThat(PLANE.ask("GET", "/api/v1/workflows?cursor=" + forged, "")
                            .code())
                    .as(forged)
                    .isEqualTo("PARAM_INVALID");
        }
        assertThat(PLANE.ask("GET", path + "-0/versions?cursor=eA", "").code()).isEqualTo("PARAM_INVALID");
    }

    @Test
    void aWorkflowBelongsToTheServiceThatRegisteredItFirst() {
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        PLANE.ask("POST", "/api/v1/services", "{\"name\":\"hijacker\"}");
        var hijacker = PLANE.ask(
                        "POST",
                        "/api/v1/services/hijacker/tokens",
                        "{\"name\":\"t\",\"permissions\":[\"workflows:register\"]}")
                .text("token");
        var answer =
                PLANE.ask("POST", "/api/v1/workflows", ManifestJson.write(Workflow.chain(workflow, "mine")), hijacker);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("NOT_OWNER");
    }

    @Test
    void aManifestThatCannotRunIsRefusedAndNothingIsStored() {
        var json = ManifestJson.write(Workflow.chain(workflow, "a", "b"));
        assertRefused(
                json.replace("\"manifestVersion\": 1", "\"manifestVersion\": 7"), 412, "MANIFEST_VERSION_UNSUPPORTED");
        assertRefused(json.replace("\"step\": \"a\"", "\"step\": \"zzz\""), 400, "MANIFEST_INVALID");
        assertRefused(
                json.replace("\"manifestVersion\": 1", "\"manifestVersion\": 1, \"colour\": 1"),
                400,
                "MANIFEST_INVALID");
        assertRefused("{}", 400, "MANIFEST_INVALID");
        assertRefused("[]", 400, "MANIFEST_INVALID");
        assertRefused("nope", 400, "INVALID_JSON");
        assertRefused(json.replace("\"minimum\": 0", "\"pattern\": \"(a\""), 400, "MANIFEST_INVALID");
        assertRefused(" ".repeat(4 << 20) + json, 413, "MANIFEST_TOO_LARGE");
        assertThat(PLANE.ask("GET", path, "").status()).isEqualTo(404);
    }

    private static void assertRefused(String manifest, int status, String code) {
        var answer = register(manifest);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.status()).isEqualTo(status);
    }
}
