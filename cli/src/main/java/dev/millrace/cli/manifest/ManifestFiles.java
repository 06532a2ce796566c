package dev.millrace.cli.manifest;

import dev.millrace.cli.CliException;
import dev.millrace.cli.ExitCode;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the manifests in a file, a jar, a class output or a directory of JSON files. */
final class ManifestFiles {
    /** Where the annotation processor writes them, in class outputs and jars. */
    private static final String FOLDER = "META-INF/millrace";

    /** A manifest of the largest workflow is a few megabytes; what is longer is something else. */
    private static final long LONGEST = 64L << 20;

    private final String source;
    private final SortedMap<String, Manifest> byWorkflow = new TreeMap<>();

    private ManifestFiles(String source) {
        this.source = source;
    }

    /** The manifests by the name of their workflow; at least one. */
    static SortedMap<String, Manifest> read(Path directory, String source) {
        var files = new ManifestFiles(source);
        var path = directory.resolve(source);
        try {
            if (Files.isDirectory(path)) {
                files.folder(Files.isDirectory(path.resolve(FOLDER)) ? path.resolve(FOLDER) : path);
            } else if (!Files.exists(path)) {
                throw new CliException(
                        ExitCode.NOT_FOUND,
                        "There is no file \"" + source + "\". Name a manifest, or a jar or directory with manifests in "
                                + FOLDER + ".");
            } else if (source.endsWith(".jar") || source.endsWith(".zip")) {
                files.archive(path);
            } else {
                files.add(path);
            }
        } catch (IOException e) {
            throw new CliException(ExitCode.ERROR, "\"" + source + "\" cannot be read: " + e + ".", e);
        }
        if (files.byWorkflow.isEmpty()) {
            throw new CliException(
                    ExitCode.NOT_FOUND,
                    "There is no manifest in \"" + source + "\": nothing in it is " + FOLDER
                            + "/*.json. Compile it with the annotation processor on its path.");
        }
        return files.byWorkflow;
    }

    private void archive(Path path) throws IOException {
        try (var archive = FileSystems.newFileSystem(path)) {
            var folder = archive.getPath(FOLDER);
            if (Files.isDirectory(folder)) {
                folder(folder);
            }
        } catch (ProviderNotFoundException e) {
            throw new CliException(ExitCode.ERROR, "\"" + source + "\" is no jar.", e);
        }
    }

    private void folder(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder, "*.json")) {
            for (var file : files) {
                add(file);
            }
        }
    }

    private void add(Path file) throws IOException {
        var manifest = manifest(file);
        if (byWorkflow.putIfAbsent(manifest.workflow(), manifest) != null) {
            throw new CliException(
                    ExitCode.ERROR,
                    "\"" + source + "\" has two manifests of workflow '" + manifest.workflow() + "'; one of them is "
                            + file + ".");
        }
    }

    private static Manifest manifest(Path file) throws IOException {
        if (Files.size(file) > LONGEST) {
            throw new CliException(
                    ExitCode.ERROR, file + " has " + Files.size(file) + " bytes, which is too much for a manifest.");
        }
        try {
            return ManifestJson.read(Files.readAllBytes(file));
        } catch (InvalidJsonException | InvalidManifestException e) {
            throw new CliException(ExitCode.ERROR, file + " is no manifest: " + e.getMessage(), e);
        }
    }
}
