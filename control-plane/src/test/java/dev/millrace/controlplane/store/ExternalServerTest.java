package dev.millrace.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.settings.Settings.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExternalServerTest {
    private final TestDatabase database = TestDatabase.create();

    @Test
    void aDatabaseThatWillDoIsUsed() {
        var settings = database.settings();
        var address = ExternalServer.check(settings(
                settings.get("millrace.database.url"),
                settings.get("millrace.database.user"),
                settings.get("millrace.database.password")));
        assertThat(address.url()).isEqualTo(settings.get("millrace.database.url"));
    }

    @Test
    void aDatabaseThatCannotBeReachedIsNamedTogetherWithTheSettingsToCheck() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        assertThatThrownBy(() -> ExternalServer.check(
                        settings("jdbc:postgresql://127.0.0.1:" + closed + "/x?password=hunter2", "me", "hunter2")))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("jdbc:postgresql://127.0.0.1:" + closed + "/x cannot be used as me")
                .hasMessageContaining("millrace.database.url")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aWrongPasswordIsRefusedAtOnce() {
        var settings = database.settings();
        var patient = new Settings.Database(
                Optional.of(settings.get("millrace.database.url")),
                settings.get("millrace.database.user"),
                new Secret("wrong"),
                Duration.ofMinutes(10),
                8,
                Settings.DEFAULT.database().binaries(),
                "256MB");
        assertThatThrownBy(() -> ExternalServer.check(patient))
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void aDatabaseOfAnotherEncodingIsRefused() {
        try (var other = TestDatabase.createWith("ENCODING 'SQL_ASCII' TEMPLATE template0")) {
            var settings = other.settings();
            assertThatThrownBy(() -> ExternalServer.check(settings(
                            settings.get("millrace.database.url"),
                            settings.get("millrace.database.user"),
                            settings.get("millrace.database.password"))))
                    .hasMessageContaining("has the encoding SQL_ASCII; Millrace needs UTF8");
        }
    }

    @Test
    void aUserWithoutRightsIsToldWhichItNeeds() {
        try (var empty = TestDatabase.createWith("TEMPLATE template0")) {
            empty.asSuperuser("CREATE ROLE visitor LOGIN PASSWORD 'x'");
            var url = empty.settings().get("millrace.database.url");
            assertThatThrownBy(() -> ExternalServer.check(settings(url, "visitor", "x")))
                    .hasMessageContaining("visitor may not create schemas")
                    .hasMessageContaining("OWNER TO visitor");
        }
    }

    private static Settings.Database settings(String url, String user, String password) {
        return new Settings.Database(
                Optional.of(url),
                user,
                new Secret(password),
                Duration.ZERO,
                8,
                Settings.DEFAULT.database().binaries(),
                "256MB");
    }
}
