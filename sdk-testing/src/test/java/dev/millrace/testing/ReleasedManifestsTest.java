package dev.millrace.testing;

import static dev.millrace.testing.MillraceAssertions.manifestsAreCompatible;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.worker.MissingBindingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleasedManifestsTest {
    @TempDir
    private Path directory;

    @AfterEach
    void acceptNoMore() {
        System.clearProperty(ReleasedManifests.PROPERTY);
    }

    @Test
    void anUnknownReleaseAsksForItsManifestAndAcceptingWritesIt() {
        assertThatThrownBy(() -> manifestsAreCompatible(directory, Trip.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("nothing is known of the released version of workflow 'trip'")
                .hasMessageContaining("-Dmillrace.manifests=accept");

        accept();

        assertThat(directory.resolve("trip.json")).isRegularFile();
        assertThatCode(() -> manifestsAreCompatible(directory, Trip.class)).doesNotThrowAnyException();
    }

    @Test
    void aBreakingChangeFailsWithItsPlaceAndReason() throws IOException {
        accept();
        var file = directory.resolve("trip.json");
        // The released version knew no seats, so whoever calls it sends none; the present one demands them.
        var manifest = Files.readString(file);
        Files.writeString(file, manifest.replaceFirst("\"id\",\\s*\"seats\"", "\"id\""));
        assertThat(Files.readString(file)).isNotEqualTo(manifest);

        assertThatThrownBy(() -> manifestsAreCompatible(directory, Trip.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("Workflow 'trip' breaks who relies on the version in " + file + ":")
                .hasMessageContaining("input.seats")
                .hasMessageContaining("a workflow of another name");
    }

    @Test
    void aReleaseWithoutItsClassIsNoticed() throws IOException {
        accept();
        Files.copy(directory.resolve("trip.json"), directory.resolve("walk.json"));

        assertThatThrownBy(() -> manifestsAreCompatible(directory, Trip.class))
                .hasMessageContaining("walk.json is the manifest of a workflow that is not among the classes given");
    }

    @Test
    void whatIsNoManifestIsNamed() throws IOException {
        Files.writeString(directory.resolve("trip.json"), "{}");

        assertThatThrownBy(() -> manifestsAreCompatible(directory, Trip.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("trip.json is no manifest");
    }

    @Test
    void aClassThatIsNoWorkflowIsRefused() {
        assertThatThrownBy(() -> manifestsAreCompatible(directory, String.class))
                .isInstanceOf(MissingBindingException.class);
    }

    private void accept() {
        System.setProperty(ReleasedManifests.PROPERTY, "accept");
        manifestsAreCompatible(directory, Trip.class);
        System.clearProperty(ReleasedManifests.PROPERTY);
    }
}
