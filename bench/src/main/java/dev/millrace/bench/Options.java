package dev.millrace.bench;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * What the words of the command line ask for.
 *
 * @param benchmark what to measure
 * @param json print the JSON object instead of a table
 * @param length of one measurement
 * @param warmUp how long to load the control plane before the first measurement
 * @param repeats how often each measurement is made; what is printed are medians
 * @param window runs in flight in the throughput benchmark
 * @param rate starts per second in the latency benchmark
 * @param elements of the fan-out
 * @param slots of the worker
 * @param url of a control plane that is running already; empty to start one of our own
 */
record Options(
        Benchmark benchmark,
        boolean json,
        Duration length,
        Duration warmUp,
        int repeats,
        int window,
        int rate,
        int elements,
        int slots,
        Optional<String> url) {

    static final String USAGE = """
            Usage: bench throughput|latency|chain|fanout [options]

              throughput   one-step runs per second, end to end, and CPU seconds per thousand runs
              latency      from the call of start to the first line of the step, at a fixed rate
              chain        three-step runs: one at a time, and 64 in flight
              fanout       one run of many parallel elements, and their join

              --json         print one JSON object instead of a table
              --seconds N    length of one measurement (default 10)
              --warmup N     seconds of load before the first measurement (default 15)
              --repeat N     measurements, of which the median counts (default 3)
              --window N     runs in flight, for throughput (default 2000)
              --rate N       starts per second, for latency (default 500)
              --elements N   elements, for fanout (default 1000)
              --slots N      slots of the worker (default 1024)
              --url URL      measure a control plane that is running, with the token in MILLRACE_TOKEN""";

    private static final int WINDOW = 2_000;
    private static final int RATE = 500;
    private static final int ELEMENTS = 1_000;
    private static final int SLOTS = 1_024;

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
        var options = new Options(
                benchmark,
                false,
                Duration.ofSeconds(10),
                Duration.ofSeconds(15),
                3,
                WINDOW,
                RATE,
                ELEMENTS,
                SLOTS,
                Optional.empty());
        while (!rest.isEmpty()) {
            options = options.with(rest.poll(), rest);
        }
        return options;
    }

    private Options with(String word, ArrayDeque<String> rest) {
        var equals = word.indexOf('=');
        if (equals > 0) {
            rest.push(word.substring(equals + 1));
            word = word.substring(0, equals);
        }
        return switch (word) {
            case "--json" -> new Options(benchmark, true, length, warmUp, repeats, window, rate, elements, slots, url);
            case "--seconds" ->
                new Options(
                        benchmark, json, seconds(word, 1, rest), warmUp, repeats, window, rate, elements, slots, url);
            case "--warmup" ->
                new Options(
                        benchmark, json, length, seconds(word, 0, rest), repeats, window, rate, elements, slots, url);
            case "--repeat" ->
                new Options(
                        benchmark,
                        json,
                        length,
                        warmUp,
                        number(word, 1, 100, rest),
                        window,
                        rate,
                        elements,
                        slots,
                        url);
            case "--window" ->
                new Options(
                        benchmark,
                        json,
                        length,
                        warmUp,
                        repeats,
                        number(word, 1, 100_000, rest),
                        rate,
                        elements,
                        slots,
                        url);
            case "--rate" ->
                new Options(
                        benchmark,
                        json,
                        length,
                        warmUp,
                        repeats,
                        window,
                        number(word, 1, 100_000, rest),
                        elements,
                        slots,
                        url);
            case "--elements" ->
                new Options(
                        benchmark,
                        json,
                        length,
                        warmUp,
                        repeats,
                        window,
                        rate,
                        number(word, 1, 10_000, rest),
                        slots,
                        url);
            case "--slots" ->
                new Options(
                        benchmark,
                        json,
                        length,
                        warmUp,
                        repeats,
                        window,
                        rate,
                        elements,
                        number(word, 1, 10_000, rest),
                        url);
            case "--url" ->
                new Options(
                        benchmark,
                        json,
                        length,
                        warmUp,
                        repeats,
                        window,
                        rate,
                        elements,
                        slots,
                        Optional.of(value(word, rest)));
            default -> throw new UsageException("The option \"" + word + "\" is not known.");
        };
    }

    private static Duration seconds(String option, int least, ArrayDeque<String> rest) {
        return Duration.ofSeconds(number(option, least, 3_600, rest));
    }

    private static int number(String option, int least, int most, ArrayDeque<String> rest) {
        var value = value(option, rest);
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

    private static String value(String option, ArrayDeque<String> rest) {
        return Optional.ofNullable(rest.poll())
                .orElseThrow(() -> new UsageException("The option " + option + " needs a value after it."));
    }

    /** The words ask for nothing that can be done; the message says why. */
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }
}
