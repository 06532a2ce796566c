package dev.millrace.cli.process;

import dev.millrace.cli.CliException;
import dev.millrace.cli.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A directory with the data, the logs and the addresses of one local control plane, for one command at a time. A lock on a
 * file in it tells whether a command is at work; it vanishes with the command, however that ends. For one thread.
 */
public final class Workspace implements AutoCloseable {
    /** The directory of a project that everything is in. */
    public static final String PROJECT_DIRECTORY = ".millrace";

    private static final Duration GRACE_FOR_ORPHANS = Duration.ofSeconds(10);

    private final Path directory;
    private final FileChannel lockFile;
    private final FileLock lock;

    private Workspace(Path directory, FileChannel lockFile, FileLock lock) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * The {@code .millrace} of a project: of the nearest directory upwards that has one, else of the directory itself.
     */
    public static Path projectDirectory(Path workingDirectory) {
        for (var here = workingDirectory.toAbsolutePath().normalize(); here != null; here = here.getParent()) {
            if (Files.isDirectory(here.resolve(PROJECT_DIRECTORY))) {
                return here.resolve(PROJECT_DIRECTORY);
            }
        }
        return workingDirectory.toAbsolutePath().normalize().resolve(PROJECT_DIRECTORY);
    }

    /**
     * Takes the directory for this command, and ends processes that a command left behind here when it was killed.
     *
     * @param notes told what was found
     * @throws CliException if another command is at work here
     */
    public static Workspace open(Path directory, Consumer<String> notes) {
        try {
            Files.createDirectories(directory);
            var lockFile =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            var lock = tryLock(lockFile);
            if (lock.isEmpty()) {
                lockFile.close();
                throw new CliException(
                        ExitCode.CONFLICT,
                        "Another millrace command is using " + directory
                                + ServerFiles.in(directory)
                                        .map(files -> " (its control plane is at " + files.http() + ")")
                                        .orElse("")
                                + ". Stop it with Ctrl-C where it runs, or give this one another --data-dir.");
            }
            var workspace = new Workspace(directory, lockFile, lock.get());
            workspace.endOrphans(notes);
            return workspace;
        } catch (IOException e) {
            throw new CliException(
                    ExitCode.ERROR,
                    "The directory " + directory + " cannot be used: " + e + ". Give another one with --data-dir.",
                    e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** Where a process writes what it says. */
    public Path log(String name) {
        return directory.resolve("logs").resolve(name + ".log");
    }

    /** Remembers a process, so that the next command can end it if this one is killed. */
    public void remember(ProcessHandle process) {
        var entries = new ArrayList<>(remembered());
        entry(process).ifPresent(entries::add);
        writeRemembered(entries);
    }

    /** Gives the directory back. The processes that were remembered must have ended. */
    @Override
    public void close() {
        writeRemembered(List.of());
        try {
            lock.release();
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The lock on " + directory + " cannot be released.", e);
        }
    }

    private void endOrphans(Consumer<String> notes) {
        for (var entry : remembered()) {
            var pid = Long.parseLong(entry.substring(0, entry.indexOf(' ')));
            ProcessHandle.of(pid)
                    // Numbers are used again; the number and the moment of its beginning together are not.
                    .filter(process -> entry(process).equals(Optional.of(entry)))
                    .ifPresent(orphan -> {
                        notes.accept(
                                "Process " + pid + " was left behind here by a command that was killed; ending it.");
                        end(orphan);
                    });
        }
        writeRemembered(List.of());
    }

    private static void end(ProcessHandle orphan) {
        orphan.destroy();
        try {
            orphan.onExit().get(GRACE_FOR_ORPHANS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            orphan.destroyForcibly();
        } catch (ExecutionException | TimeoutException e) {
            orphan.destroyForcibly();
        }
    }

    private static Optional<String> entry(ProcessHandle process) {
        return process.info().startInstant().map(began -> process.pid() + " " + began);
    }

    private Path rememberedFile() {
        return directory.resolve("processes");
    }

    private List<String> remembered() {
        try {
            return Files.exists(rememberedFile())
                    ? Files.readAllLines(rememberedFile()).stream()
                            .filter(line -> line.matches("[0-9]{1,18} .+"))
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + rememberedFile() + " cannot be read.", e);
        }
    }

    private void writeRemembered(List<String> entries) {
        try {
            Files.write(rememberedFile(), entries);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + rememberedFile() + " cannot be written.", e);
        }
    }

    private static Optional<FileLock> tryLock(FileChannel file) throws IOException {
        try {
            return Optional.ofNullable(file.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }
}
