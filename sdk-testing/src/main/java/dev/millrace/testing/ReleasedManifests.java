package dev.millrace.testing;

import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.compatibility.ManifestDiff;
import dev.millrace.manifest.compatibility.Verdict;
import dev.millrace.worker.LocalWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The manifests of released versions, kept as files in a project. */
final class ReleasedManifests {
    static final String PROPERTY = "millrace.manifests";
    private static final String SUFFIX = ".json";
    private static final String HOW_TO_ACCEPT =
            "Run the test with -D" + PROPERTY + "=accept to write the present manifests there, and commit them.";

    private final Path directory;

    ReleasedManifests(Path directory) {
        this.directory = directory;
    }

    void check(List<Class<?>> workflows) {
        boolean accept = "accept".equals(System.getProperty(PROPERTY));
        var problems = new ArrayList<String>();
        var present = new TreeSet<String>();
        for (var workflow : workflows) {
            var text = LocalWorker.manifestOf(workflow);
            var manifest = ManifestJson.read(text);
            present.add(manifest.workflow());
            if (accept) {
                write(manifest.workflow(), text);
            } else {
                compare(manifest, problems);
            }
        }
        for (var workflow : released()) {
            if (!present.contains(workflow)) {
                problems.add(
                        file(workflow) + " is the manifest of a workflow that is not among the classes given: name its"
                                + " class, or delete the file if nobody calls the workflow any more.");
            }
        }
        if (!problems.isEmpty()) {
            throw new AssertionError(String.join("\n", problems));
        }
    }

    private void compare(Manifest present, List<String> problems) {
        var file = file(present.workflow());
        if (!Files.exists(file)) {
            problems.add("There is no " + file + ", so nothing is known of the released version of workflow '"
                    + present.workflow() + "'. " + HOW_TO_ACCEPT);
            return;
        }
        var diff = ManifestDiff.between(read(file), present);
        if (diff.verdict() == Verdict.BREAKING) {
            var text = new StringBuilder(
                    "Workflow '" + present.workflow() + "' breaks who relies on the version in " + file + ":");
            diff.changes().stream()
                    .filter(change -> change.verdict() == Verdict.BREAKING)
                    .forEach(change -> text.append("\n  ")
                            .append(change.path())
                            .append(": ")
                            .append(change.sentence()));
            problems.add(text
                    + "\nTake the change back, or make it a workflow of another name beside this one. If nobody relies on the"
                    + " old version any more: " + HOW_TO_ACCEPT);
        }
    }

    private static Manifest read(Path file) {
        try {
            return ManifestJson.read(Files.readAllBytes(file));
        } catch (InvalidJsonException | InvalidManifestException e) {
            throw new AssertionError(file + " is no manifest: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read.", e);
        }
    }

    private void write(String workflow, String text) {
        try {
            Files.createDirectories(directory);
            Files.writeString(file(workflow), text);
        } catch (IOException e) {
            throw new UncheckedIOException(file(workflow) + " cannot be written.", e);
        }
    }

    private Path file(String workflow) {
        return directory.resolve(workflow + SUFFIX);
    }

    private SortedSet<String> released() {
        var names = new TreeSet<String>();
        if (Files.isDirectory(directory)) {
            try (var files = Files.list(directory)) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(SUFFIX))
                        .forEach(name -> names.add(name.substring(0, name.length() - SUFFIX.length())));
            } catch (IOException e) {
                throw new UncheckedIOException(directory + " cannot be listed.", e);
            }
        }
        return names;
    }
}
