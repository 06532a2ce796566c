package dev.millrace.controlplane.dispatch;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.workflows.Verdicts;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Payload;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the inputs of runs out of what several starts brought, for the shards, which have no values. A question that cannot be
 * answered now, because the database cannot be asked, is dropped: the shard asks again. Safe for use by several threads.
 */
@Singleton
final class GatheredInputs {
    private static final Logger LOG = LoggerFactory.getLogger(GatheredInputs.class);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private final Shards shards;
    private final Workflows workflows;
    private final Payloads payloads;
    private final ExecutorService work;

    GatheredInputs(
            Shards shards,
            Workflows workflows,
            Payloads payloads,
            @Named(TaskExecutors.BLOCKING) ExecutorService work) {
        this.shards = shards;
        this.workflows = workflows;
        this.payloads = payloads;
        this.work = work;
    }

    /** Begins to answer. */
    void open() {
        shards.onGatherings(question -> work.execute(() -> gather(question)));
    }

    private void gather(Effect.GatherInput question) {
        payloads.load(question.tenant(), new HashSet<>(question.elements()))
                .thenApply(values -> list(question.elements(), values))
                .thenCompose(input -> workflows
                        .of(question.tenant(), question.version())
                        .thenCombine(
                                payloads.keep(question.tenant(), List.of(input)),
                                (version, kept) -> (Command) new Command.InputGathered(
                                        question.tenant(),
                                        question.run(),
                                        question.elements().size(),
                                        kept.get(0),
                                        Verdicts.atStart(version.expressions(), input, question.metadata()))))
                .whenComplete((answer, failure) -> {
                    if (failure == null) {
                        shards.tell(question.tenant(), answer);
                    } else {
                        LOG.warn(
                                "The input of run {} cannot be gathered now; it is asked for again.",
                                question.run(),
                                failure);
                    }
                });
    }

    private static byte[] list(List<Payload> elements, Map<Payload, byte[]> values) {
        var each = new ArrayList<byte[]>(elements.size());
        for (var element : elements) {
            each.add(element.isPresent() ? Payloads.bytes(element, values) : NULL);
        }
        return Payloads.joined(each);
    }
}
