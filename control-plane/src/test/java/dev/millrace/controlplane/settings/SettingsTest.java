package dev.millrace.controlplane.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.controlplane.settings.Settings.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void theDefaultsAreTheseAndNoOthers() {
        var printed = SettingsReader.named(Settings.DEFAULT).entrySet().stream()
                .map(setting -> setting.getKey() + " = " + setting.getValue())
                .collect(Collectors.joining("\n"));
        assertThat(printed.replace(System.getProperty("user.home"), "~")).isEqualTo("""
                millrace.memory = false
                millrace.data-dir = millrace-data
                millrace.token-file = millrace-data/token
                millrace.shards = 16
                millrace.http.host = 127.0.0.1
                millrace.http.port = 8080
                millrace.grpc.host = 127.0.0.1
                millrace.grpc.port = 7701
                millrace.grpc-address = (none)
                millrace.metrics-token = (none)
                millrace.drain-time = 3s
                millrace.database.url = (embedded)
                millrace.database.user = millrace
                millrace.database.password = (none)
                millrace.database.reach-within = 30s
                millrace.database.connections = 8
                millrace.database.binaries = ~/.cache/millrace/postgres
                millrace.database.shared-buffers = 256MB
                millrace.engine.lease-time = 4s
                millrace.engine.renew-every = 1s
                millrace.engine.max-queued = 100000
                millrace.engine.max-queued-bytes = 268435456
                millrace.engine.tenant-share = 50
                millrace.engine.journal-table = 67108864
                millrace.residence.ready-tasks = 0
                millrace.residence.runs = 0
                millrace.residence.payload-bytes = 0
                millrace.projection.every = 400ms
                millrace.projection.idle = 20ms
                millrace.projection.max-changes = 0
                millrace.projection.max-lag = 0
                millrace.retention.runs = 90d
                millrace.retention.light-runs = 7d
                millrace.retention.idempotency-keys = 30d
                millrace.retention.request-ids = 1d
                millrace.retention.events = 30d
                millrace.retention.usage = (for ever)
                millrace.events.per-second = 100000
                millrace.events.burst = 200000
                millrace.secrets.key = (none)
                millrace.secrets.former-keys = (none)""");
    }

    @Test
    void whoSaysNothingGetsTheDefaults() {
        assertThat(read(Map.of())).isEqualTo(Settings.DEFAULT);
    }

    @Test
    void everySettingThatIsPrintedCanBeSet() {
        var given = new HashMap<String, String>();
        SettingsReader.named(Settings.DEFAULT).forEach((name, value) -> given.put(name, String.valueOf(value)));
        given.replaceAll((name, value) -> value.startsWith("(") ? "" : value);
        assertThat(read(given)).isEqualTo(Settings.DEFAULT);
    }

    @Test
    void whatIsGivenIsRead() {
        var settings = read(Map.of(
                "millrace.data-dir", "/var/lib/millrace",
                "millrace.grpc.port", "0",
                "millrace.database.url", "jdbc:postgresql://db:5432/millrace",
                "millrace.database.password", "hunter2",
                "millrace.projection.every", "1s500ms"));
        assertThat(settings.dataDir()).isEqualTo(Path.of("/var/lib/millrace"));
        assertThat(settings.tokenFile())
                .as("the token is beside the data")
                .isEqualTo(Path.of("/var/lib/millrace/token"));
        assertThat(settings.grpc().port()).isZero();
        assertThat(settings.database().url()).contains("jdbc:postgresql://db:5432/millrace");
        assertThat(settings.database().password()).isEqualTo(new Secret("hunter2"));
        assertThat(settings.projection().every()).hasMillis(1_500);
    }

    @Test
    void secretsAreNotPrinted() {
        var settings = read(Map.of(
                "millrace.database.password",
                "hunter2",
                "millrace.database.url",
                "jdbc:postgresql://db/millrace?user=a&password=hunter2"));
        assertThat(SettingsReader.named(settings).toString())
                .doesNotContain("hunter2")
                .contains("jdbc:postgresql://db/millrace");
        assertThat(settings.database().password().toString()).doesNotContain("hunter2");
    }

    @Test
    void aKeyForSecretsHas32Bytes() {
        var key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
        var settings = read(Map.of("millrace.secrets.key", key, "millrace.secrets.former-keys", key + ", " + key));
        assertThat(settings.secrets().formerKeys()).containsExactly(new Secret(key), new Secret(key));
        assertThat(SettingsReader.named(settings).toString()).doesNotContain(key);

        assertThatThrownBy(() ->
                        read(Map.of("millrace.secrets.key", "c2hvcnQ=", "millrace.secrets.former-keys", "not base64!")))
                .isInstanceOfSatisfying(
                        InvalidSettingsException.class,
                        e -> assertThat(e.problems())
                                .containsExactlyInAnyOrder(
                                        "millrace.secrets.key has 5 bytes; a key has 32, random ones, in Base64.",
                                        "millrace.secrets.former-keys is not Base64. Write 32 random bytes so."));
    }

    @Test
    void everyFaultIsToldAtOnceWithItsValueAndWhatWouldDo() {
        assertThatThrownBy(() -> read(Map.of(
                        "millrace.memory", "yes",
                        "millrace.shards", "0",
                        "millrace.metrics-token", "guess me",
                        "millrace.http.port", "80800",
                        "millrace.database.url", "mysql://db/x",
                        "millrace.database.shared-buffers", "lots",
                        "millrace.projection.every", "5 minutes",
                        "millrace.databse.user", "x")))
                .isInstanceOfSatisfying(
                        InvalidSettingsException.class,
                        e -> assertThat(e.problems())
                                .satisfiesExactlyInAnyOrder(
                                        problem -> assertThat(problem)
                                                .isEqualTo("millrace.memory is \"yes\"; write true or false."),
                                        problem -> assertThat(problem)
                                                .contains("millrace.metrics-token has 8 characters")
                                                .doesNotContain("guess me"),
                                        problem -> assertThat(problem)
                                                .isEqualTo(
                                                        "millrace.shards is \"0\"; write a whole number from 1 to 1024."),
                                        problem -> assertThat(problem)
                                                .isEqualTo(
                                                        "millrace.http.port is \"80800\"; write a whole number from 0 to 65535."),
                                        problem ->
                                                assertThat(problem).contains("millrace.database.url", "mysql://db/x"),
                                        problem -> assertThat(problem).contains("\"lots\"", "256MB"),
                                        problem -> assertThat(problem)
                                                .startsWith("millrace.projection.every cannot be read: \"5 minutes\""),
                                        problem -> assertThat(problem)
                                                .isEqualTo(
                                                        "millrace.databse.user is not a setting (did you mean millrace.database.user?).")));
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> read(Map.of(
                        "millrace.memory", "true",
                        "millrace.database.url", "jdbc:postgresql://db/x",
                        "millrace.engine.lease-time", "2s",
                        "millrace.engine.renew-every", "1500ms")))
                .hasMessageContaining("millrace.memory and millrace.database.url exclude each other")
                .hasMessageContaining("a lease must last for at least two renewals");
    }

    @Test
    void theReferencePageListsEverySettingWithItsDefaultAndLimits() throws IOException {
        var page = Files.readAllLines(Path.of("..", "docs", "reference", "settings.md"));
        var rows = page.stream()
                .filter(line -> line.startsWith("| `millrace."))
                .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ")))
                .toList();
        var values = SettingsReader.values();
        var expected = SettingsReader.named(Settings.DEFAULT).entrySet().stream()
                .map(setting -> List.of(
                        "`" + setting.getKey() + "`",
                        String.valueOf(setting.getValue()).replace(System.getProperty("user.home"), "~"),
                        values.get(setting.getKey())))
                .toList();
        assertThat(rows.stream().map(row -> row.subList(0, 3)))
                .as("the columns setting, default and values of the page are not what the code says")
                .containsExactlyElementsOf(expected);
        assertThat(rows).allSatisfy(row -> assertThat(row).hasSize(4).element(3).isNotEqualTo(""));
    }

    private static Settings read(Map<String, String> given) {
        return SettingsReader.read(name -> Optional.ofNullable(given.get(name)), given.keySet());
    }

    @Test
    void whatWaitsForThePassesOfTheProjectorFitsTheHeap() {
        var small = Settings.Projection.DEFAULT.within(512L << 20);
        var large = Settings.Projection.DEFAULT.within(64L << 30);
        var given = new Settings.Projection(Duration.ofMillis(400), Duration.ofMillis(20), 7, 70).within(512L << 20);

        assertThat(small.maxChanges()).isEqualTo(32_768);
        assertThat(small.maxLag()).isEqualTo(131_072);
        assertThat(large.maxChanges()).isEqualTo(40_000);
        assertThat(large.maxLag()).isEqualTo(400_000);
        assertThat(given.maxChanges()).isEqualTo(7);
        assertThat(given.maxLag()).isEqualTo(70);
    }
}
