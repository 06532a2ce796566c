package dev.millrace.bench;

import dev.millrace.bench.processes.BenchException;
import java.io.PrintStream;
import java.util.List;

/** {@code bench throughput|latency|chain|fanout}: measures Millrace on this machine and prints what it found. */
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    private Main() {}

    public static void main(String[] words) {
        System.exit(run(List.of(words), System.out, System.err));
    }

    /**
     * Does what the words ask for.
     *
     * @param out for the report alone
     * @param err for progress and errors
     * @return the exit code: 0, 1 if the measurement failed, 2 if the words are wrong
     */
    static int run(List<String> words, PrintStream out, PrintStream err) {
        if (words.contains("--help") || words.contains("-h")) {
            out.println(Options.USAGE);
            return OK;
        }
        try {
            var options = Options.parse(words);
            try (var stage = Stage.set(options, err::println)) {
                out.println(stage.measure());
            }
            return OK;
        } catch (Options.UsageException e) {
            err.println(e.getMessage());
            err.println();
            err.println(Options.USAGE);
            return USAGE;
        } catch (BenchException e) {
            err.println(e.getMessage());
            return FAILED;
        }
    }
}
