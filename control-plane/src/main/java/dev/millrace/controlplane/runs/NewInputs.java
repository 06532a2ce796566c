package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.workflows.Verdicts;
import dev.millrace.engine.Command.NewInput;
import dev.millrace.engine.RunId;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Makes ready another input for a run that is there. Safe for use by several threads; nothing blocks. */
@Singleton
public final class NewInputs {
    private final RunReader reader;
    private final Payloads payloads;

    NewInputs(RunReader reader, Payloads payloads) {
        this.reader = reader;
        this.payloads = payloads;
    }

    /**
     * Holds an input against the version that the run has, evaluates the terms and keeps it.
     *
     * @param input JSON in UTF-8, not checked yet
     * @return fails with {@link dev.millrace.controlplane.errors.ApiException} where the input does not fit or the run is not there
     */
    public CompletionStage<NewInput> of(TenantId tenant, RunId run, byte[] input) {
        return reader.find(tenant, run).thenCompose(found -> {
            found.version().requireInput(input, "$.input");
            var terms = Verdicts.atStart(
                    found.version().expressions(), input, found.image().metadata());
            return payloads.keep(tenant, List.of(input)).thenApply(kept -> new NewInput(kept.get(0), terms));
        });
    }
}
