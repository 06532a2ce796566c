package dev.millrace.controlplane.insight;

import dev.millrace.controlplane.items.ItemMeters;
import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.shard.Shards;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.TreeMap;

/** All metrics of this instance: ours, then those of the JVM and the web server. Methods block. */
@Singleton
final class Metrics {
    private final Shards shards;
    private final ActiveRuns active;
    private final WaitingTasks waiting;
    private final ItemMeters items;
    private final PrometheusMeterRegistry rest;
    private final boolean memory;

    Metrics(
            Shards shards,
            ActiveRuns active,
            WaitingTasks waiting,
            ItemMeters items,
            PrometheusMeterRegistry rest,
            Settings settings) {
        this.items = items;
        this.shards = shards;
        this.active = active;
        this.waiting = waiting;
        this.rest = rest;
        this.memory = settings.memory();
    }

    /** The metrics in the text form of Prometheus. Their names and meanings are documented in docs/reference/metrics.md. */
    String text() {
        var figures = shards.figures();
        var text = new PrometheusText()
                .counter("millrace_commits_total", "Transactions that stored facts.", figures.commits())
                .counter("millrace_commit_facts_total", "Facts that they stored.", figures.facts())
                .counter(
                        "millrace_commit_seconds_total",
                        "How long the transactions took.",
                        figures.committing().toNanos() / 1e9)
                .counter("millrace_runs_started_total", "Runs that were acknowledged.", figures.runsStarted())
                .counters(
                        "millrace_runs_ended_total",
                        "Runs that ended, by their final state.",
                        "state",
                        byName(figures.runsEnded()))
                .counter(
                        "millrace_attempts_offered_total",
                        "Attempts that were handed to workers.",
                        figures.attemptsOffered())
                .counters(
                        "millrace_attempts_ended_total",
                        "Attempts that ended, by their final state.",
                        "state",
                        byName(figures.attemptsEnded()))
                .counter("millrace_runs_replayed_total", "Runs that were run again.", figures.runsReplayed())
                .counter(
                        "millrace_projection_passes_total",
                        "Transactions that wrote the tables for recovery and queries.",
                        figures.projecting().passes())
                .counter(
                        "millrace_projection_runs_total",
                        "Images of runs that they wrote.",
                        figures.projecting().runs())
                .counter(
                        "millrace_projection_seconds_total",
                        "How long they took.",
                        figures.projecting().taken().toNanos() / 1e9)
                .counters(
                        "millrace_usage_total",
                        "What runs used, by name; without one what went beyond 100 names.",
                        "name",
                        figures.projecting().used())
                .gauge("millrace_commands_waiting", "Commands that wait to be decided.", figures.commandsWaiting())
                .gauge(
                        "millrace_commands_waiting_bytes",
                        "About how much memory the waiting commands hold.",
                        figures.commandBytesWaiting())
                .gauge(
                        "millrace_projection_lag_changes",
                        "Changes that the tables for queries lag behind.",
                        figures.changesNotProjected())
                .gauge(
                        "millrace_runs_resident",
                        "Runs in memory.",
                        figures.residents().runs())
                .gauge(
                        "millrace_runs_resident_payload_bytes",
                        "About how much memory their inputs, results and checkpoints hold.",
                        figures.residents().payloadBytes())
                .gauges(
                        "millrace_starts_held_back",
                        "1 for the reason why starts wait now.",
                        "reason",
                        new TreeMap<>(figures.startsHeldBack()))
                .gauge(
                        "millrace_runs_spilled",
                        "Runs that queue in the database and not in memory.",
                        figures.residents().spilled())
                .counter(
                        "millrace_runs_put_out_total",
                        "Runs that were put out of memory.",
                        figures.residents().putOut())
                .counter(
                        "millrace_runs_read_back_total",
                        "Runs that came back into memory.",
                        figures.residents().readBack())
                .gauge("millrace_workers_connected", "Open streams of workers.", figures.workers())
                .gauge("millrace_shards_served", "Shards that this instance owns and serves.", figures.shardsServed())
                .gauge(
                        "millrace_projection_failing_shards",
                        "Shards whose images could not be written and are tried again.",
                        figures.shardsFailing())
                .gauge(
                        "millrace_runs_set_aside",
                        "Active runs that lists do not show because their rows cannot be stored.",
                        figures.runsSetAside())
                .gauge(
                        "millrace_journal_fill_ratio",
                        "Share of the journal's tables that wait to be projected.",
                        figures.journalFill())
                .counters(
                        "millrace_commands_refused_total",
                        "Commands refused because too many waited, by tenant.",
                        "tenant",
                        new TreeMap<>(figures.refused()))
                .counter("millrace_stream_items_total", "Items that steps emitted and that are stored.", items.items())
                .counter("millrace_stream_bytes_total", "The length of their JSON.", items.bytes())
                .counter("millrace_stream_chunks_total", "Chunks in which they came.", items.chunks())
                .counter(
                        "millrace_stream_chunks_refused_total",
                        "Chunks of items that were not stored.",
                        items.refusedChunks())
                .gauge("millrace_stream_followers", "Who follows what a run emits.", items.followers())
                .gauges(
                        "millrace_tasks_waiting",
                        "Tasks that wait, by the first gate that holds them back.",
                        "reason",
                        waiting.byGate());
        if (!memory) {
            var counted = active.counted();
            text.gauges("millrace_runs_active", "Runs that have not ended, by state.", "state", counted.byState())
                    .gauges(
                            "millrace_runs_passive",
                            "Runs that need not be in memory, by what brings them back.",
                            "waits",
                            counted.waiting());
        }
        return text + rest.scrape();
    }

    private static Map<String, Long> byName(Map<? extends Enum<?>, Long> counts) {
        Map<String, Long> byName = new TreeMap<>();
        counts.forEach((state, count) -> byName.put(state.name(), count));
        return byName;
    }
}
