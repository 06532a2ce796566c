package dev.millrace.cli.process;

import dev.millrace.cli.CliException;
import dev.millrace.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the programs are: jars, each with its libraries beside it.
 *
 * @param home the directory that the launcher lies in
 */
public record Installation(Path home) {

    /** The control plane. */
    public Path server() {
        return program("control-plane/target/millrace-control-plane.jar");
    }

    /** The worker of a sample. */
    public Path sampleWorker(String sample) {
        return program("samples/" + sample + "/target/millrace-sample-" + sample + ".jar");
    }

    /** The benchmarks. */
    public Path bench() {
        return program("bench/target/millrace-bench.jar");
    }

    private Path program(String relative) {
        var jar = home.resolve(relative);
        if (!Files.isRegularFile(jar)) {
            throw new CliException(
                    ExitCode.ERROR,
                    "The program " + jar + " is missing. Start millrace by the launcher \"" + home.resolve("millrace")
                            + "\", which builds what is missing, or build with: mvn -DskipTests package");
        }
        return jar;
    }
}
