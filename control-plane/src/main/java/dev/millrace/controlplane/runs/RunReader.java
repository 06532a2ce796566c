package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.model.RunDetail;
import dev.millrace.controlplane.api.model.RunHistory;
import dev.millrace.controlplane.api.model.RunResult;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.Command;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TenantId;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** Reads single runs through their owner, so that what it shows is current. Safe for use by several threads. */
@Singleton
final class RunReader {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /** Outputs that are stored apart are shown up to so many bytes of a run in all. */
    private static final long MAX_STORED_OUTPUT = 8L << 20;
    /** And exported up to so many. */
    private static final long MAX_EXPORTED = 64L << 20;

    private final Shards shards;
    private final Workflows workflows;
    private final Payloads payloads;
    private final Executor work;

    RunReader(
            Shards shards,
            Workflows workflows,
            Payloads payloads,
            @Named(TaskExecutors.BLOCKING) ExecutorService work) {
        this.shards = shards;
        this.workflows = workflows;
        this.payloads = payloads;
        this.work = work;
    }

    /** The run with its tasks and attempts. */
    CompletionStage<RunDetail> detail(TenantId tenant, RunId run) {
        return image(tenant, run)
                .thenCompose(image -> workflows
                        .of(tenant, image.version())
                        .thenCompose(version -> payloads.load(tenant, shown(image))
                                .thenApply(values -> RunViews.detail(image, version, values))));
    }

    /**
     * A run as its owner knows it, with all that its values are.
     *
     * @param earlier its former generations, each as it ended, the first first
     */
    record Whole(RunImage image, WorkflowVersion version, RunDetail detail, List<RunDetail> earlier) {}

    /** The run and its former generations with every value, however large they are together up to {@value #MAX_EXPORTED} bytes. */
    CompletionStage<Whole> whole(TenantId tenant, RunId run) {
        return image(tenant, run)
                .thenCompose(image -> workflows
                        .of(tenant, image.version())
                        .thenComposeAsync(
                                version -> {
                                    var earlier = earlier(image);
                                    return payloads.load(tenant, exported(image, earlier))
                                            .thenApply(values -> new Whole(
                                                    image,
                                                    version,
                                                    RunViews.detail(image, version, values),
                                                    earlier.stream()
                                                            .map(each -> RunViews.detail(each, version, values))
                                                            .toList()));
                                },
                                work));
    }

    /** Every generation before, with the part of the history that is its own. */
    private List<RunImage> earlier(RunImage image) {
        return image.generation() == 1
                ? List.of()
                : shards.generations(image.tenant(), image.run(), image.generation()).stream()
                        .map(each -> each.withHistory(HistoryViews.until(image, each.generation())))
                        .toList();
    }

    private static Set<Payload> exported(RunImage image, List<RunImage> earlier) {
        var run = image.run();
        Set<Payload> all = new HashSet<>();
        Stream.concat(earlier.stream(), Stream.of(image))
                .forEach(each -> all.addAll(stored(each, MAX_EXPORTED, bytes -> {
                    throw tooLarge(run);
                })));
        if (all.stream().mapToLong(Payload::size).sum() > MAX_EXPORTED) {
            throw tooLarge(run);
        }
        return all;
    }

    private static ApiException tooLarge(RunId run) {
        return new ApiException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "The results of run " + run + " have more than " + (MAX_EXPORTED >> 20)
                                + " MiB, which is the most that is exported. Read them step by step.")
                .about(run.value());
    }

    /** The version that the run has. */
    CompletionStage<WorkflowVersion> version(TenantId tenant, RunId run) {
        return image(tenant, run).thenCompose(image -> workflows.of(tenant, image.version()));
    }

    /** A run with the version that it has. */
    record Found(RunImage image, WorkflowVersion version) {}

    CompletionStage<Found> find(TenantId tenant, RunId run) {
        return image(tenant, run)
                .thenCompose(
                        image -> workflows.of(tenant, image.version()).thenApply(version -> new Found(image, version)));
    }

    /** A page of the run's history. @param cursor null for the first one */
    CompletionStage<RunHistory> history(TenantId tenant, RunId run, String cursor, int limit) {
        return image(tenant, run)
                .thenCompose(image -> workflows
                        .of(tenant, image.version())
                        .thenApply(version -> HistoryViews.page(image, version, cursor, limit)));
    }

    /** How the run stands, at once. */
    CompletionStage<RunResult> result(TenantId tenant, RunId run) {
        return image(tenant, run).thenCompose(image -> result(tenant, image));
    }

    /** How the run stands, as soon as it has ended or the time is up. */
    CompletionStage<RunResult> result(TenantId tenant, RunId run, Duration wait) {
        var ended = new CompletableFuture<Reply>();
        long replyTo = shards.listen(tenant, ended::complete);
        shards.tell(tenant, new Command.FollowRun(replyTo, tenant, run));
        return ended.completeOnTimeout(null, wait.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .thenComposeAsync(
                        reply -> {
                            if (reply instanceof Reply.RunEnded end) {
                                return result(tenant, end.image());
                            }
                            if (reply instanceof Reply.Refused) {
                                throw Refusals.of(reply);
                            }
                            shards.forget(tenant, List.of(replyTo));
                            return result(tenant, run);
                        },
                        work);
    }

    private CompletionStage<RunResult> result(TenantId tenant, RunImage image) {
        return workflows
                .of(tenant, image.version())
                .thenCompose(version -> payloads.load(tenant, new RunValues(image, version).storedPayloads())
                        .thenApply(values -> RunViews.result(image, version, values)));
    }

    /** What comes after the answer happens on a thread of ours: the shard's has commits to make. */
    private CompletionStage<RunImage> image(TenantId tenant, RunId run) {
        return shards.ask(tenant, replyTo -> new Command.ReadRun(replyTo, tenant, run), DEADLINE)
                .thenApplyAsync(
                        reply -> {
                            if (reply instanceof Reply.RunRead read) {
                                return read.image();
                            }
                            throw Refusals.of(reply);
                        },
                        work);
    }

    private static Set<Payload> shown(RunImage image) {
        return stored(image, MAX_STORED_OUTPUT, bytes -> {});
    }

    /** What of a run is stored apart, results up to so many bytes. @param tooMuch told when there are more */
    private static Set<Payload> stored(RunImage image, long most, LongConsumer tooMuch) {
        Set<Payload> shown = new HashSet<>();
        if (image.input().kind() == Payload.Kind.STORED) {
            shown.add(image.input());
        }
        long bytes = 0;
        for (var task : image.tasks()) {
            var made = task.result().isPresent() ? task.result() : task.loop().state();
            if (made.kind() == Payload.Kind.STORED) {
                bytes += made.size();
                if (bytes > most) {
                    tooMuch.accept(bytes);
                    break;
                }
                shown.add(made);
            }
        }
        return shown;
    }
}
