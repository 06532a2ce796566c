package dev.millrace.controlplane.secrets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/** The key of a server with an embedded database: a file beside the data, made once, that only its owner can read. */
final class KeyFile {
    private static final String NAME = "secrets.key";

    private KeyFile() {}

    static VaultKey random() {
        var bytes = new byte[VaultKey.BYTES];
        new SecureRandom().nextBytes(bytes);
        return VaultKey.of(bytes);
    }

    /** @throws IllegalStateException when the file is there and holds no key */
    static VaultKey in(Path directory) {
        var file = directory.resolve(NAME);
        try {
            Files.createDirectories(directory);
            if (!Files.exists(file)) {
                create(file);
            }
            return VaultKey.read(Files.readString(file))
                    .orElseThrow(
                            () -> new IllegalStateException(
                                    "The file " + file + " holds no key: 32 bytes in Base64."
                                            + " Put back the one that was there; without it secrets that are stored cannot be opened."));
        } catch (IOException e) {
            throw new UncheckedIOException("The key for secrets in " + file + " cannot be read or made: " + e, e);
        }
    }

    /** Whole or not at all: half a key would look like a lost one. */
    private static void create(Path file) throws IOException {
        var permissions = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var made = Files.createTempFile(file.getParent(), NAME, ".new", permissions);
        try {
            Files.writeString(made, random().text() + "\n");
            Files.createLink(file, made);
        } catch (FileAlreadyExistsException e) {
            // another start was faster; its key counts
        } finally {
            Files.delete(made);
        }
    }
}
