package dev.millrace.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be measured, each in one or more phases that follow each other within every repeat. */
enum Benchmark {
    /** One-step runs, end to end, as many as go. */
    THROUGHPUT(Phase.FLOOD),
    /** From the call of start to the first line of the step, at a fixed rate of starts. */
    LATENCY(Phase.STEADY),
    /** Runs of three steps, one at a time, then many at once. */
    CHAIN(Phase.ALONE, Phase.TOGETHER),
    /** One run that fans out over many elements and joins them. */
    FANOUT(Phase.FAN),
    /** Bulk starts behind a busy worker, then the end of all of them. */
    ENQUEUE(Phase.QUEUE, Phase.DRAIN),
    /** How soon work goes on after the control plane was killed with a full queue, and whether anything is missing then. */
    RECOVERY,
    /** Throughput with a long queue in little memory, against that without. */
    BACKLOG,
    /** Memory of runs that only sleep, and how soon they wake. */
    SLEEPING,
    /** What many tenants cost for whom nothing is to be done. */
    IDLE,
    /** From the publication of an event to the first line of what it starts, among a thousand filters. */
    EVENTS,
    /** How late the ticks of many schedules start, and whether each started one run. */
    SCHEDULES,
    /** Whose turn it is between a hundred keys of which one has a hundred times the load. */
    FAIRNESS,
    /** What a thousand tenants see of each other when some ask for a hundred times as much as others. */
    TENANTS,
    /** What four limits on the way of a run add to its start. */
    LIMITS,
    /** What checkpoints take, and how soon code goes on that waits. */
    DURABLE,
    /** The same load for a long time. */
    SOAK;

    private final List<Phase> phases;

    Benchmark(Phase... phases) {
        this.phases = List.of(phases);
    }

    /** Whether it is a story of its own, told by a {@link dev.millrace.bench.trials.Trial}: it has no phases to repeat. */
    boolean isTrial() {
        return phases.isEmpty();
    }

    List<Phase> phases() {
        return phases;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Benchmark> byWord(String word) {
        return Arrays.stream(values())
                .filter(benchmark -> benchmark.word().equals(word))
                .findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(Benchmark::word).collect(Collectors.joining(", "));
    }

    /** One way of loading the control plane. */
    enum Phase {
        /** One-step runs, a constant number in flight. */
        FLOOD,
        /** One-step runs at fixed instants, whatever became of those before. */
        STEADY,
        /** Three-step runs, each started when the one before has ended. */
        ALONE,
        /** Three-step runs, a constant number in flight. */
        TOGETHER,
        /** Runs that fan out, one at a time. */
        FAN,
        /** One-step runs started in bulk, while the worker holds its slots. */
        QUEUE,
        /** The worker goes on: the end of all that was queued. */
        DRAIN;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
