package dev.millrace.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManifestHashesTest {
    private static final Manifest MANIFEST = ManifestJson.read(
            ManifestJson.write(Manifests.of(Manifests.step("a"), Manifests.step("b", "a"), Manifests.step("c", "a"))));

    @Test
    void aHashNeverChanges() {
        // Stored in journals and in generated clients: another value here orphans every registered version.
        assertThat(ManifestHashes.of(MANIFEST))
                .isEqualTo(new ManifestHashes(
                        "d8a3c2513409376a953f2a1e48b3fdfe",
                        "561526fb0f6fcde48537d9469e19c024",
                        "82b8ec627e5dc043e7efe332bd10b704"));
    }

    @Test
    void whatIsForPeopleMakesNoNewVersion() {
        var renamed = edited(
                "\"source\": \"com.acme.Orders\"", "\"source\": \"com.acme.Bestellungen\", \"description\": \"New.\"");
        var moved = edited("\"name\": \"b\",", "\"name\": \"b\", \"line\": 77,");
        var retyped = edited("\"type\": \"java.lang.String\"", "\"type\": \"java.util.UUID\"");
        var parameter = edited("\"name\": \"in\"", "\"name\": \"order\"");

        for (var same : List.of(renamed, moved, retyped, parameter)) {
            assertThat(same).isNotEqualTo(MANIFEST);
            assertThat(ManifestHashes.of(same)).isEqualTo(ManifestHashes.of(MANIFEST));
        }
    }

    @Test
    void whatASchemaSaysToPeopleMakesNoNewVersion() {
        var plain = edited("\"schema\": true", """
                "schema": {"type": "object", "properties": {"description": {"type": "string"}}, "enum": [{"description": 1}]}""");
        var told = edited("\"schema\": true", """
                "schema": {"type": "object", "description": "A", "properties": {"description": {"type": "string", "description": "B"}},
                  "enum": [{"description": 1}]}""");
        var other = edited("\"schema\": true", """
                "schema": {"type": "object", "properties": {"title": {"type": "string"}}, "enum": [{"description": 1}]}""");

        assertThat(told).isNotEqualTo(plain);
        assertThat(ManifestHashes.of(told)).isEqualTo(ManifestHashes.of(plain)).isNotEqualTo(ManifestHashes.of(other));
    }

    @Test
    void aPolicyMakesANewVersionOfTheSameShape() {
        for (var edit : List.of(
                edited("\"timeout\": \"5m\"", "\"timeout\": \"6m\""),
                edited("\"retries\": 0", "\"retries\": 1"),
                edited("\"visibility\": \"PUBLIC\"", "\"visibility\": \"PRIVATE\""),
                edited("\"deadline\": \"30d\"", "\"deadline\": \"31d\""))) {
            assertThat(edit.shapeHash()).isEqualTo(MANIFEST.shapeHash());
            assertThat(edit.hash()).isNotEqualTo(MANIFEST.hash());
            assertThat(ManifestHashes.of(edit).policy())
                    .isNotEqualTo(ManifestHashes.of(MANIFEST).policy());
        }
    }

    @Test
    void anEdgeOrASchemaMakesAnotherShape() {
        for (var edit : List.of(
                edited("\"mode\": \"VALUE\"", "\"mode\": \"OPTIONAL\""),
                edited("\"schema\": true", "\"schema\": {\"type\": \"object\"}"),
                edited("\"steps\": []", "\"steps\": [\"a\"]"))) {
            assertThat(edit.shapeHash()).isNotEqualTo(MANIFEST.shapeHash());
            assertThat(edit.hash()).isNotEqualTo(MANIFEST.hash());
            assertThat(ManifestHashes.of(edit).policy())
                    .isEqualTo(ManifestHashes.of(MANIFEST).policy());
        }
    }

    @Test
    void theOrderOfStepsMakesAnotherVersionButNotAnotherShape() {
        var turned = Manifests.of(Manifests.step("b", "a"), Manifests.step("c", "a"), Manifests.step("a"));

        assertThat(turned.shapeHash()).isEqualTo(MANIFEST.shapeHash());
        assertThat(turned.hash()).isNotEqualTo(MANIFEST.hash());
    }

    @Test
    void manifestsThatDifferHaveDifferentHashes() {
        var byHash = new HashMap<String, Manifest>();
        for (int seed = 0; seed < 500; seed++) {
            var manifest = Manifests.random(seed);
            assertThat(Optional.ofNullable(byHash.put(manifest.hash(), manifest)))
                    .isEmpty();
        }
    }

    private static Manifest edited(String original, String edit) {
        var text = ManifestJson.write(MANIFEST);
        assertThat(text).contains(original);
        return ManifestJson.read(text.replaceFirst(java.util.regex.Pattern.quote(original), edit));
    }
}
