package dev.millrace.cli.process;

import java.nio.file.Path;
import java.util.List;

/** The Java that runs this command, which runs its children too. */
public final class Jvm {
    /**
     * For a server on a laptop: the quick compiler and the smallest collector start fastest and take the least. Half a
     * gigabyte of heap is plenty for trying things out.
     */
    public static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m");

    private Jvm() {}

    /** The path of {@code java}. */
    public static String executable() {
        return ProcessHandle.current()
                .info()
                .command()
                .orElseGet(() ->
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }
}
