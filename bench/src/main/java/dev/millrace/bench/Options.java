package dev.millrace.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the words of the command line ask for.
 *
 * @param benchmark what to measure
 * @param json print the JSON object instead of a table
 * @param timing how long and how often
 * @param sizes how much load
 * @param url of a control plane that is running already; empty to start one of our own
 */
record Options(Benchmark benchmark, boolean json, Timing timing, Sizes sizes, Optional<String> url) {

    static final String USAGE = """
            Usage: bench throughput|latency|chain|fanout|enqueue [options]

              throughput   one-step runs per second, end to end, and CPU seconds per thousand runs
              latency      from the call of start to the first line of the step, at a fixed rate
              chain        three-step runs: one at a time, and 64 in flight
              fanout       one run of many parallel elements, and their join
              enqueue      bulk starts per second while the worker is busy, then how fast the queue empties

              --json         print one JSON object instead of a table
              --quick        a short warm-up and short measurements: to see that it works, not to quote
              --seconds N    length of one measurement (default 10; quick 3)
              --warmup N     seconds of load before the first measurement (default 60; quick 5)
              --repeat N     measurements, of which the median counts (default 3)
              --window N     runs in flight, for throughput (default 2000)
              --rate N       starts per second, for latency (default 500)
              --elements N   elements, for fanout (default 1000)
              --slots N      slots of the worker (default 1024)
              --url URL      measure a control plane that is running, with the token in MILLRACE_TOKEN

            It ends with 1 if anything could not be measured, or if any run failed or was lost.""";

    /**
     * How long and how often.
     *
     * @param length of one measurement
     * @param warmUp how long to load the control plane before the first measurement
     * @param repeats how often each measurement is made; what is printed are medians
     */
    record Timing(Duration length, Duration warmUp, int repeats) {
        /** Virtual machines go on compiling for about a minute under load: figures before that are too low. */
        static final Timing STEADY = new Timing(Duration.ofSeconds(10), Duration.ofSeconds(60), 3);

        static final Timing QUICK = new Timing(Duration.ofSeconds(3), Duration.ofSeconds(5), 3);
    }

    /**
     * How much load.
     *
     * @param window runs in flight in the throughput benchmark
     * @param rate starts per second in the latency benchmark
     * @param elements of the fan-out
     * @param slots of the worker
     */
    record Sizes(int window, int rate, int elements, int slots) {
        static final Sizes STANDARD = new Sizes(2_000, 500, 1_000, 1_024);
    }

    /**
     * Reads the words.
     *
     * @throws UsageException if they ask for nothing that can be done
     */
    static Options parse(List<String> words) {
        var rest = new ArrayDeque<>(words);
        var first = Optional.ofNullable(rest.poll())
                .orElseThrow(() -> new UsageException("Say what to measure: " + Benchmark.words() + "."));
        var benchmark = Benchmark.byWord(first)
                .orElseThrow(() -> new UsageException(
                        "There is no benchmark \"" + first + "\"; there are " + Benchmark.words() + "."));
        return new Reader(rest).read(benchmark);
    }

    /** Takes the options one after the other. */
    private static final class Reader {
        private static final Set<String> FLAGS = Set.of("--json", "--quick");

        private final ArrayDeque<String> rest;
        private boolean json;
        private boolean quick;
        private Optional<Duration> length = Optional.empty();
        private Optional<Duration> warmUp = Optional.empty();
        private Optional<Integer> repeats = Optional.empty();
        private int window = Sizes.STANDARD.window();
        private int rate = Sizes.STANDARD.rate();
        private int elements = Sizes.STANDARD.elements();
        private int slots = Sizes.STANDARD.slots();
        private Optional<String> url = Optional.empty();

        Reader(ArrayDeque<String> rest) {
            this.rest = rest;
        }

        Options read(Benchmark benchmark) {
            while (!rest.isEmpty()) {
                var word = rest.poll();
                var equals = word.indexOf('=');
                if (equals > 0) {
                    rest.push(word.substring(equals + 1));
                    word = word.substring(0, equals);
                    if (FLAGS.contains(word)) {
                        throw new UsageException("The option " + word + " takes no value.");
                    }
                }
                take(word);
            }
            var usual = quick ? Timing.QUICK : Timing.STEADY;
            var timing = new Timing(
                    length.orElse(usual.length()), warmUp.orElse(usual.warmUp()), repeats.orElse(usual.repeats()));
            return new Options(benchmark, json, timing, new Sizes(window, rate, elements, slots), url);
        }

        private void take(String word) {
            switch (word) {
                case "--json" -> json = true;
                case "--quick" -> quick = true;
                case "--seconds" -> length = Optional.of(Duration.ofSeconds(number(word, 1, 3_600)));
                case "--warmup" -> warmUp = Optional.of(Duration.ofSeconds(number(word, 0, 3_600)));
                case "--repeat" -> repeats = Optional.of(number(word, 1, 100));
                case "--window" -> window = number(word, 1, 100_000);
                case "--rate" -> rate = number(word, 1, 100_000);
                case "--elements" -> elements = number(word, 1, 10_000);
                case "--slots" -> slots = number(word, 1, 10_000);
                case "--url" -> url = Optional.of(value(word));
                default -> throw new UsageException("The option \"" + word + "\" is not known.");
            }
        }

        private int number(String option, int least, int most) {
            var value = value(option);
            try {
                var number = Integer.parseInt(value);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Told below, like a number out of range.
            }
            throw new UsageException(
                    option + " takes a whole number from " + least + " to " + most + ", but is \"" + value + "\".");
        }

        private String value(String option) {
            return Optional.ofNullable(rest.poll())
                    .orElseThrow(() -> new UsageException("The option " + option + " needs a value after it."));
        }
    }

    /** The words ask for nothing that can be done; the message says why. */
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }
}
