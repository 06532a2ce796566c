package dev.millrace.bench;

import dev.millrace.bench.trials.Backlog;
import dev.millrace.bench.trials.Durability;
import dev.millrace.bench.trials.Events;
import dev.millrace.bench.trials.Fairness;
import dev.millrace.bench.trials.Idle;
import dev.millrace.bench.trials.Limits;
import dev.millrace.bench.trials.Neighbours;
import dev.millrace.bench.trials.Recovery;
import dev.millrace.bench.trials.Schedules;
import dev.millrace.bench.trials.Sleeping;
import dev.millrace.bench.trials.Soak;
import dev.millrace.bench.trials.Trial;
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
            Usage: bench throughput|latency|chain|fanout|enqueue|recovery|backlog|sleeping|idle|events|schedules|fairness|tenants|limits|durable|soak [options]

              throughput   one-step runs per second, end to end, and CPU seconds per thousand runs
              latency      from the call of start to the first line of the step, at a fixed rate
              chain        three-step runs: one at a time, and 64 in flight
              fanout       one run of many parallel elements, and their join
              enqueue      bulk starts per second while the worker is busy, then how fast the queue empties
              recovery     kill -9 of the control plane with a full queue: how soon work goes on, what is lost
              backlog      runs per second behind a queue of a million in little memory, against an empty one
              sleeping     memory of a million runs that sleep in a durable step, and how soon some of them wake
              idle         statements per second that 1,000 tenants cost while nothing is to be done
              events       from an event's publication to the first line of what it starts, among 1,000 filters
              schedules    how late the ticks of 10,000 schedules start, which are missed, which doubled
              fairness     turns between 100 keys of which one has 100 times the load: Jain's index, rounds of a lone task
              tenants      start times of 1,000 tenants with unequal load, against their fair share
              limits       what two concurrency limits and two rate limits add to the start of a run
              durable      how soon durable code goes on after an event, among 100,000 that wait; what a checkpoint takes
              soak         the same load for a long time: heap, dead rows, journal, start times by minute

              --json         print one JSON object instead of a table
              --quick        a short warm-up and short measurements: to see that it works, not to quote
              --seconds N    length of one measurement (default 10; quick 3; idle, schedules and tenants 60); sleeping: until some wake
              --minutes N    the same in minutes (soak 20)
              --warmup N     seconds of load before the first measurement (default 60; quick 5)
              --repeat N     measurements, of which the median counts (default 3)
              --window N     runs in flight, for throughput, and for backlog with an empty queue (default 2000)
              --rate N       starts or events per second (latency, limits and tenants 500, events 200, durable 100, soak 2000)
              --elements N   elements, for fanout (default 1000)
              --slots N      slots of the worker (default 1024; recovery 64, fairness 16; of each tenant 16)
              --runs N       runs in the queue (recovery 100000, backlog and sleeping 1000000; fairness 100 of each
                             key but one); runs that wait, for durable (100000); schedules, for schedules (10000)
              --tenants N    tenants, for idle and tenants (default 1000)
              --heap N       megabytes of heap of the control plane (backlog, sleeping and soak 512)
              --url URL      measure a control plane that is running, with the token in MILLRACE_TOKEN;
                             not for the last eleven, which start one of their own

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

        static Timing usual(Benchmark benchmark, boolean quick) {
            var usual = quick ? QUICK : STEADY;
            return switch (benchmark) {
                case THROUGHPUT, LATENCY, CHAIN, FANOUT, ENQUEUE, RECOVERY, BACKLOG, EVENTS, FAIRNESS, LIMITS -> usual;
                case DURABLE -> new Timing(Duration.ofSeconds(quick ? 3 : 10), Duration.ofSeconds(quick ? 5 : 60), 1);
                case SLEEPING -> new Timing(Duration.ofSeconds(quick ? 90 : 120), Duration.ZERO, 1);
                case SCHEDULES ->
                    new Timing(Duration.ofSeconds(quick ? 10 : 60), Duration.ofSeconds(quick ? 5 : 30), 1);
                case IDLE -> new Timing(Duration.ofSeconds(quick ? 10 : 60), Duration.ZERO, 1);
                case TENANTS -> new Timing(Duration.ofSeconds(quick ? 10 : 60), Duration.ofSeconds(quick ? 5 : 30), 1);
                case SOAK -> new Timing(Duration.ofMinutes(quick ? 2 : 20), Duration.ZERO, 1);
            };
        }
    }

    /**
     * How much load.
     *
     * @param window runs in flight
     * @param rate starts per second
     * @param elements of the fan-out
     * @param slots of the worker
     * @param runs in the queue
     * @param tenants that are idle
     * @param heap megabytes of the control plane's, 0 for what its virtual machine chooses
     */
    record Sizes(int window, int rate, int elements, int slots, int runs, int tenants, int heap) {
        static final Sizes STANDARD = new Sizes(2_000, 500, 1_000, 1_024, 1_000_000, 1_000, 512);
        static final Sizes RECOVERY = new Sizes(2_000, 500, 1_000, 64, 100_000, 1_000, 0);
        static final Sizes EVENTS = new Sizes(2_000, 200, 1_000, 256, 1_000_000, 1_000, 0);
        static final Sizes SCHEDULES = new Sizes(2_000, 500, 1_000, 1_024, 10_000, 1_000, 0);
        static final Sizes FAIRNESS = new Sizes(2_000, 500, 1_000, 16, 100, 1_000, 0);
        static final Sizes TENANTS = new Sizes(2_000, 500, 1_000, 16, 1_000_000, 1_000, 0);
        static final Sizes DURABLE = new Sizes(2_000, 100, 1_000, 1_024, 100_000, 1_000, 0);
        static final Sizes SOAK = new Sizes(2_000, 2_000, 1_000, 1_024, 1_000_000, 1_000, 512);

        static Sizes usual(Benchmark benchmark) {
            return switch (benchmark) {
                case THROUGHPUT, LATENCY, CHAIN, FANOUT, ENQUEUE, BACKLOG, SLEEPING, IDLE, LIMITS -> STANDARD;
                case FAIRNESS -> FAIRNESS;
                case TENANTS -> TENANTS;
                case EVENTS -> EVENTS;
                case SCHEDULES -> SCHEDULES;
                case RECOVERY -> RECOVERY;
                case DURABLE -> DURABLE;
                case SOAK -> SOAK;
            };
        }
    }

    /** The trial that these options ask for, if the benchmark is one. */
    Trial trial() {
        var trialSizes = new dev.millrace.bench.trials.Sizes(
                sizes.runs,
                sizes.tenants,
                sizes.rate,
                sizes.window,
                sizes.slots,
                sizes.heap,
                timing.warmUp,
                timing.length,
                timing.repeats);
        return switch (benchmark) {
            case RECOVERY -> new Recovery(trialSizes);
            case BACKLOG -> new Backlog(trialSizes);
            case SLEEPING -> new Sleeping(trialSizes);
            case IDLE -> new Idle(trialSizes);
            case EVENTS -> new Events(trialSizes);
            case SCHEDULES -> new Schedules(trialSizes);
            case FAIRNESS -> new Fairness(trialSizes);
            case TENANTS -> new Neighbours(trialSizes);
            case LIMITS -> new Limits(trialSizes);
            case DURABLE -> new Durability(trialSizes);
            case SOAK -> new Soak(trialSizes);
            case THROUGHPUT, LATENCY, CHAIN, FANOUT, ENQUEUE ->
                throw new IllegalStateException(benchmark + " is measured again and again, it is no trial.");
        };
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
        private Optional<Integer> window = Optional.empty();
        private Optional<Integer> rate = Optional.empty();
        private Optional<Integer> elements = Optional.empty();
        private Optional<Integer> slots = Optional.empty();
        private Optional<Integer> runs = Optional.empty();
        private Optional<Integer> tenants = Optional.empty();
        private Optional<Integer> heap = Optional.empty();
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
            if (benchmark.isTrial() && url.isPresent()) {
                throw new UsageException("The benchmark " + benchmark.word()
                        + " starts a control plane of its own, to do things to it; --url cannot be used with it.");
            }
            if (benchmark == Benchmark.SOAK
                    && length.isPresent()
                    && length.get().toMinutes() < 1) {
                throw new UsageException("A soak is measured by the minute: give it at least --minutes 1.");
            }
            return new Options(benchmark, json, timing(benchmark), sizes(benchmark), url);
        }

        private Timing timing(Benchmark benchmark) {
            var usual = Timing.usual(benchmark, quick);
            return new Timing(
                    length.orElse(usual.length()), warmUp.orElse(usual.warmUp()), repeats.orElse(usual.repeats()));
        }

        private Sizes sizes(Benchmark benchmark) {
            var usual = Sizes.usual(benchmark);
            return new Sizes(
                    window.orElse(usual.window()),
                    rate.orElse(usual.rate()),
                    elements.orElse(usual.elements()),
                    slots.orElse(usual.slots()),
                    runs.orElse(usual.runs()),
                    tenants.orElse(usual.tenants()),
                    heap.orElse(usual.heap()));
        }

        private void take(String word) {
            switch (word) {
                case "--json" -> json = true;
                case "--quick" -> quick = true;
                case "--seconds" -> length = Optional.of(Duration.ofSeconds(number(word, 1, 3_600)));
                case "--warmup" -> warmUp = Optional.of(Duration.ofSeconds(number(word, 0, 3_600)));
                case "--repeat" -> repeats = Optional.of(number(word, 1, 100));
                case "--window" -> window = Optional.of(number(word, 1, 100_000));
                case "--rate" -> rate = Optional.of(number(word, 1, 100_000));
                case "--elements" -> elements = Optional.of(number(word, 1, 10_000));
                case "--slots" -> slots = Optional.of(number(word, 1, 10_000));
                case "--minutes" -> length = Optional.of(Duration.ofMinutes(number(word, 1, 1_440)));
                case "--runs" -> runs = Optional.of(number(word, 1, 10_000_000));
                case "--tenants" -> tenants = Optional.of(number(word, 1, 100_000));
                case "--heap" -> heap = Optional.of(number(word, 64, 65_536));
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
