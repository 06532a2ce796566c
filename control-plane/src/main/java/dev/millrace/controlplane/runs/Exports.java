package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.model.RunExport;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.engine.RunId;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.ManifestJson;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.CompletionStage;

/** Writes down everything that is known of a run, to be read elsewhere. Safe for use by several threads; nothing blocks. */
@Singleton
final class Exports {
    /** What readers look at before anything else. */
    static final String FORMAT = "millrace-run/1";

    private final RunReader reader;
    private final Clock clock;

    Exports(RunReader reader, Clock clock) {
        this.reader = reader;
        this.clock = clock;
    }

    CompletionStage<RunExport> of(TenantId tenant, RunId run) {
        return reader.whole(tenant, run).thenApply(whole -> {
            var export = new RunExport(
                    FORMAT,
                    clock.instant(),
                    whole.detail(),
                    HistoryViews.all(whole.image(), whole.version()),
                    RawJson.ofChecked(
                            ManifestJson.write(whole.version().manifest()).getBytes(StandardCharsets.UTF_8)));
            if (!whole.earlier().isEmpty()) {
                export.setEarlier(whole.earlier());
            }
            return export;
        });
    }
}
