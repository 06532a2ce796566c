package dev.millrace.controlplane.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultTest {
    private static final VaultKey OLD = KeyFile.random();
    private static final VaultKey NEW = KeyFile.random();
    private static final String SECRET = "whsec_\u00e4 secret";
    private static final String PLACE = "webhook 1";

    private final Vault vault = new Vault(Optional.of(NEW), List.of(OLD));

    @Test
    void whatIsSealedOpensAndLooksDifferentEachTime() {
        var first = vault.seal(SECRET, PLACE);
        var second = vault.seal(SECRET, PLACE);

        assertThat(vault.open(first, PLACE)).isEqualTo(SECRET);
        assertThat(first).isNotEqualTo(second);
        assertThat(first.text()).doesNotContain("whsec");
        assertThat(first.isSealed()).isTrue();
        assertThat(first).hasToString("(sealed with key " + NEW.name() + ")");
    }

    @Test
    void aSecretCopiedToAnotherPlaceDoesNotOpenThere() {
        var sealed = vault.seal(SECRET, PLACE);

        assertThatThrownBy(() -> vault.open(sealed, "webhook 2"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("webhook 2 does not open");
    }

    @Test
    void aSecretThatWasChangedDoesNotOpen() {
        var text = vault.seal(SECRET, PLACE).text();
        var changed = new Sealed(text.substring(0, 30) + (text.charAt(30) == 'A' ? 'B' : 'A') + text.substring(31));

        assertThatThrownBy(() -> vault.open(changed, PLACE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFormerKeyOpensAndWhatItSealedIsOutdated() {
        var before = new Vault(Optional.of(OLD), List.of()).seal(SECRET, PLACE);

        assertThat(vault.open(before, PLACE)).isEqualTo(SECRET);
        assertThat(vault.isOutdated(before)).isTrue();
        assertThat(vault.isOutdated(vault.seal(SECRET, PLACE))).isFalse();
    }

    @Test
    void aPlainSecretOfAnEarlierVersionIsReadAndOutdated() {
        var plain = new Sealed(SECRET);

        assertThat(vault.open(plain, PLACE)).isEqualTo(SECRET);
        assertThat(vault.isOutdated(plain)).isTrue();
        assertThat(plain).hasToString("(hidden)");
    }

    @Test
    void withoutTheKeyTheMessageNamesIt() {
        var sealed = vault.seal(SECRET, PLACE);
        var other = new Vault(Optional.of(OLD), List.of());

        assertThatThrownBy(() -> other.open(sealed, PLACE))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SECRETS_KEY_MISSING))
                .hasMessageContaining(NEW.name())
                .hasMessageContaining("millrace.secrets.former-keys");
    }

    @Test
    void aServerWithoutAKeyStoresNoSecrets() {
        var none = new Vault(Optional.empty(), List.of());

        assertThatThrownBy(() -> none.seal(SECRET, PLACE))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SECRETS_KEY_MISSING));
        assertThat(none.isOutdated(new Sealed(SECRET))).isFalse();
    }

    @Test
    void theKeyBesideTheDataIsMadeOnceAndOnlyItsOwnerReadsIt(@TempDir Path directory) throws IOException {
        var key = KeyFile.in(directory);

        assertThat(KeyFile.in(directory).text()).isEqualTo(key.text());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("secrets.key"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aFileThatHoldsNoKeyIsNotReplaced(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("secrets.key"), "lost");

        assertThatThrownBy(() -> KeyFile.in(directory)).hasMessageContaining("holds no key");
        assertThat(directory.resolve("secrets.key")).hasContent("lost");
    }
}
