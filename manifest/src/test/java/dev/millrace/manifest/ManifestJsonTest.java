package dev.millrace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestJsonTest {

    @Test
    void everyManifestIsReadBackAsWritten() {
        for (int seed = 0; seed < 2000; seed++) {
            var manifest = Manifests.random(seed);
            assertThat(ManifestJson.read(ManifestJson.write(manifest)))
                    .as("seed %d", seed)
                    .isEqualTo(manifest);
        }
    }

    @Test
    void theFileIsReadable() {
        assertThat(ManifestJson.write(Manifests.of(Manifests.step("charge")))).isEqualTo("""
                        {
                          "manifestVersion": 1,
                          "workflow": "orders",
                          "source": "com.acme.Orders",
                          "visibility": "PUBLIC",
                          "weight": "NORMAL",
                          "deadline": "30d",
                          "input": {
                            "type": "com.acme.Order",
                            "schema": true
                          },
                          "steps": [
                            {
                              "name": "charge",
                              "parameters": [
                                {
                                  "name": "in",
                                  "source": "INPUT",
                                  "mode": "VALUE"
                                }
                              ],
                              "output": {
                                "kind": "VALUE",
                                "type": "java.lang.String",
                                "schema": {
                                  "type": "array"
                                }
                              },
                              "policy": {
                                "timeout": "5m",
                                "queueTimeout": "1d",
                                "retries": 0,
                                "backoff": {
                                  "initial": "1s",
                                  "multiplier": 2,
                                  "max": "5m"
                                },
                                "delivery": "AT_LEAST_ONCE",
                                "slots": 1
                              }
                            }
                          ],
                          "result": {
                            "steps": []
                          }
                        }
                        """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"timeout\": \"5m\"           | \"timeout\": \"soon\"        | steps[1].policy.timeout | no duration",
                "\"timeout\": \"5m\"           | \"timeout\": \"0s\"          | steps[1].policy.timeout | longer than zero",
                "\"timeout\": \"5m\"           | \"timeuot\": \"5m\"          | steps[1].policy.timeout | required, but missing",
                "\"retries\": 0                | \"retries\": 101             | steps[1].policy.retries | whole number from 0 to 100, but is 101",
                "\"retries\": 0                | \"retries\": \"3\"           | steps[1].policy.retries | but is \"3\"",
                "\"retries\": 0                | \"retries\": 1e300           | steps[1].policy.retries | but is 1E+300",
                "\"slots\": 1                  | \"slots\": 1.5               | steps[1].policy.slots   | but is 1.5",
                "\"slots\": 1                  | \"slots\": 1, \"slotz\": 2   | steps[1].policy.slotz   | no member",
                "\"multiplier\": 2             | \"multiplier\": 0.5          | steps[1].policy.backoff.multiplier | 1 to 1000",
                "\"max\": \"5m\"               | \"max\": \"1ms\"             | steps[1].policy.backoff.max | 0 <= initial <= max",
                "\"mode\": \"VALUE\"           | \"mode\": \"ANY\"            | steps[1].parameters[0].mode | one of [VALUE, OPTIONAL, OUTCOME, EACH], but is \"ANY\"",
                "\"source\": \"STEP\"          | \"source\": \"INPUT\"        | steps[1].parameters[0].step | names step 'a'",
                "\"name\": \"b\"               | \"name\": \"b/c\"            | steps[1].name           | but is \"b/c\"",
                "\"manifestVersion\": 1        | \"manifestVersion\": 0       | manifestVersion         | must be 1 or more",
                "\"workflow\": \"orders\"      | \"workflow\": 5              | workflow                | must be a string, but is 5",
                "\"weight\": \"NORMAL\"        | \"weight\": null             | weight                  | must be a string, but is null",
                "\"deadline\": \"30d\"         | \"deadline\": \"30d\", \"x\": 1 | x                    | no member",
                "\"result\": {                 | \"rateLimits\": {}, \"result\": { | rateLimits         | must be an array, but is {}",
            })
    void whatIsWrongIsNamedByItsPath(String original, String mutated, String path, String sentence) {
        var text = ManifestJson.write(Manifests.of(Manifests.step("a"), Manifests.step("b", "a")));
        int last = text.lastIndexOf(original);
        assertThat(last).as("the original has %s", original).isNotNegative();
        var broken = text.substring(0, last) + mutated + text.substring(last + original.length());

        var refusal = catchThrowableOfType(InvalidManifestException.class, () -> ManifestJson.read(broken));

        assertThat(refusal).as(broken).isNotNull();
        assertThat(refusal.path()).isEqualTo(path);
        assertThat(refusal).hasMessageContaining(sentence);
        assertThat(refusal.code()).isEqualTo("MANIFEST_INVALID");
    }

    @Test
    void aNewerFormatIsRefusedBeforeItsMembersAre() {
        var text = ManifestJson.write(Manifests.of(Manifests.step("a")))
                .replace("\"manifestVersion\": 1", "\"manifestVersion\": 2, \"novelty\": true");

        var refusal = catchThrowableOfType(InvalidManifestException.class, () -> ManifestJson.read(text));

        assertThat(refusal.code()).isEqualTo("MANIFEST_VERSION_UNSUPPORTED");
        assertThat(refusal).hasMessageContaining("format 2").hasMessageContaining("up to 1");
    }

    @Test
    void somethingElseThanAnObjectIsNoManifest() {
        var refusal = catchThrowableOfType(InvalidManifestException.class, () -> ManifestJson.read("[1]"));

        assertThat(refusal).hasMessage("A manifest must be a JSON object, but is [1].");
    }
}
