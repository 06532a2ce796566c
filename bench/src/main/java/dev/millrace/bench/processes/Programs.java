package dev.millrace.bench.processes;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where the programs are that a benchmark starts, and what is set for their virtual machines. */
public final class Programs {
    private static final String CONTROL_PLANE = "control-plane/target/millrace-control-plane.jar";

    private Programs() {}

    /** The Java that runs this. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A main class of this program, in a process of its own. */
    public static List<String> ofThisProgram(Class<?> main, List<String> jvmOptions, List<String> words) {
        var command = new java.util.ArrayList<String>();
        command.add(java());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(words);
        return command;
    }

    /**
     * The control plane: below the directory that {@code millrace.home} names, else beside this program in the source tree.
     *
     * @throws BenchException if it is not there
     */
    public static Path controlPlane() {
        var home = System.getProperty("millrace.home");
        var jar = (home == null ? sourceTree() : Path.of(home)).resolve(CONTROL_PLANE);
        if (!Files.isRegularFile(jar)) {
            throw new BenchException("The control plane is not at " + jar
                    + ". Build it with \"mvn -DskipTests package\", say where the source tree is with"
                    + " -Dmillrace.home=DIR, or measure one that is running with --url.");
        }
        return jar;
    }

    private static Path sourceTree() {
        try {
            // <tree>/bench/target/millrace-bench.jar, or <tree>/bench/target/classes.
            return Path.of(Programs.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .getParent()
                    .getParent()
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The place of this program is not a path.", e);
        }
    }
}
