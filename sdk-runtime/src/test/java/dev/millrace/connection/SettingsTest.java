package dev.millrace.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @TempDir
    private Path directory;

    private Path here;

    @BeforeEach
    void makeAProject() throws IOException {
        here = Files.createDirectories(directory.resolve("project/module"));
    }

    @Test
    void theEnvironmentSays() {
        var settings = of(Map.of("MILLRACE_URL", "http://db.example:7700", "MILLRACE_TOKEN", "mr_abc"));

        assertThat(settings)
                .isEqualTo(new Settings(URI.create("http://db.example:7700"), Secret.of("mr_abc"), Optional.empty()));
    }

    @Test
    void codeWinsOverTheEnvironment() {
        var given = new Settings.Given(
                Optional.of("https://mill.example"),
                Optional.of(Secret.of("mr_code")),
                Optional.empty(),
                Optional.of(":443"));

        var settings = Settings.of(given, Map.of("MILLRACE_URL", "http://x:1", "MILLRACE_TOKEN", "mr_env"), here);

        assertThat(settings)
                .isEqualTo(new Settings(URI.create("https://mill.example"), Secret.of("mr_code"), Optional.of(":443")));
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        var refusal = refusal(Map.of("MILLRACE_TOKNE", "mr_abc", "MILLRACE_GRPC_ADDRESS", "7701"));

        assertThat(refusal.problems())
                .satisfiesExactly(
                        typo -> assertThat(typo)
                                .isEqualTo("MILLRACE_TOKNE is no known setting; did you mean MILLRACE_TOKEN?"),
                        url -> assertThat(url).startsWith("MILLRACE_URL is required"),
                        address -> assertThat(address).startsWith("MILLRACE_GRPC_ADDRESS must be host:port"));
        assertThat(refusal).hasMessageStartingWith("Cannot connect to a control plane; 3 settings are wrong:");
        assertThat(refusal.code()).isEqualTo("SETTINGS_INVALID");
    }

    @Test
    void settingsOfOtherProgramsAreNoTypingErrors() {
        assertThat(of(Map.of(
                        "MILLRACE_URL",
                        "http://x:1",
                        "MILLRACE_TOKEN",
                        "mr_abc",
                        "MILLRACE_DB_URL",
                        "jdbc:…",
                        "MILLRACE_TOKENS",
                        "9")))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"db.example:7700", "ftp://x", "http://", "not a url", "http:///path"})
    void anAddressIsHttp(String url) {
        assertThat(refusal(Map.of("MILLRACE_URL", url, "MILLRACE_TOKEN", "t")).problems())
                .singleElement()
                .asString()
                .contains("\"" + url + "\"");
    }

    @Test
    void aTokenIsNeverPrinted() {
        var settings = of(Map.of("MILLRACE_URL", "http://x:1", "MILLRACE_TOKEN", "mr_verysecret"));
        var refusal = refusal(Map.of("MILLRACE_URL", "http://x:1", "MILLRACE_TOKEN", "mr very secret"));

        assertThat(settings.toString()).doesNotContain("verysecret");
        assertThat(refusal.toString()).doesNotContain("very secret");
        assertThat(refusal.problems()).singleElement().asString().contains("without spaces");
    }

    @Test
    void aTokenMayStandInAFile() throws IOException {
        var file = Files.writeString(directory.resolve("token"), "mr_file\n");

        assertThat(of(Map.of("MILLRACE_URL", "http://x:1", "MILLRACE_TOKEN_FILE", file.toString()))
                        .token())
                .isEqualTo(Secret.of("mr_file"));
        assertThat(refusal(Map.of("MILLRACE_URL", "http://x:1", "MILLRACE_TOKEN_FILE", directory + "/none"))
                        .problems())
                .containsExactly(
                        "MILLRACE_TOKEN_FILE names " + directory + "/none, which cannot be read: NoSuchFileException.");
    }

    @Test
    void theControlPlaneOfTheProjectIsFoundFromAnywhereInIt() throws IOException {
        serve(ProcessHandle.current().pid());

        var settings = of(Map.of());

        assertThat(settings)
                .isEqualTo(new Settings(
                        URI.create("http://127.0.0.1:7700"), Secret.of("mr_local"), Optional.of("127.0.0.1:7701")));
    }

    @Test
    void oneThatHasEndedIsNotFound() throws IOException {
        var ended = new ProcessBuilder("true").start();
        serve(ended.pid());
        ended.onExit().join();

        assertThat(refusal(Map.of()).problems()).hasSize(2).first().asString().contains("millrace dev");
    }

    @Test
    void anAddressInTheEnvironmentKeepsTheLocalOneOut() throws IOException {
        serve(ProcessHandle.current().pid());

        assertThat(refusal(Map.of("MILLRACE_URL", "http://elsewhere:7700")).problems())
                .singleElement()
                .asString()
                .startsWith("MILLRACE_TOKEN is required");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:7701, localhost:7701",
        ":7701, rest.example:7701",
        "http://10.0.0.1:80/, 10.0.0.1:80",
        "'[::1]:7701', '[::1]:7701'"
    })
    void aGrpcAddressIsHostAndPort(String text, String address) {
        assertThat(GrpcAddress.parse(text)
                        .map(parsed -> parsed.or("rest.example").toString()))
                .contains(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7701", "host", "host:0", "host:65536", "host:7701/path", "a b:1", "::1:5"})
    void whatIsNoGrpcAddressIsRefused(String text) {
        assertThat(GrpcAddress.parse(text)).isEmpty();
    }

    private void serve(long pid) throws IOException {
        var files = Files.createDirectories(directory.resolve("project/.millrace"));
        Files.writeString(
                files.resolve("server.json"),
                "{\"http\":\"http://127.0.0.1:7700\",\"grpc\":\"127.0.0.1:7701\",\"pid\":" + pid + "}");
        Files.writeString(files.resolve("token"), "mr_local\n");
    }

    private Settings of(Map<String, String> environment) {
        return Settings.of(Settings.Given.nothing(), environment, here);
    }

    private SettingsException refusal(Map<String, String> environment) {
        var refusal = catchThrowableOfType(SettingsException.class, () -> of(environment));
        assertThat(refusal).isNotNull();
        return refusal;
    }
}
