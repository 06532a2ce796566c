package dev.millrace.cli.demo.research;

import dev.millrace.client.Millrace;
import dev.millrace.client.RunHandle;
import dev.millrace.connection.MillraceException;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.model.RunDetail;
import dev.millrace.rest.model.TaskState;
import dev.millrace.rest.model.Transition;
import dev.millrace.samples.research.Dossier;
import dev.millrace.samples.research.Model;
import dev.millrace.samples.research.ResearchAgent.Words;
import dev.millrace.samples.research.simulated.Inquiry;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Asks what became of questions. */
final class Hindsight {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Pattern CHILD_DONE = Pattern.compile("CHILD \\S+ DONE");

    private final RunsApi runs;

    Hindsight(Millrace millrace) {
        this.runs = new RunsApi(millrace.rest());
    }

    Found of(Inquiry inquiry, RunHandle<Dossier> run) {
        var id = UUID.fromString(run.id());
        var detail = runs.getRun(id);
        return new Found(
                inquiry,
                run.id(),
                dossier(run),
                failure(detail),
                (int) detail.getTasks().stream()
                        .filter(task -> "gather".equals(task.getStep()) && task.getState() == TaskState.SUCCEEDED)
                        .count(),
                rounds(id),
                streamed(run),
                detail.getUsage() == null ? 0 : detail.getUsage().getOrDefault(Model.TOKENS, 0L));
    }

    /** Each answer of the model is a child that the analysis has waited for. */
    private int rounds(UUID run) {
        return (int) runs.getRunHistory(run).getItems().stream()
                .map(Transition::getDetail)
                .filter(detail -> detail != null && CHILD_DONE.matcher(detail).matches())
                .count();
    }

    /** Who comes late reads the stream from its start; of a step that was tried again the last attempt counts. */
    private static String streamed(RunHandle<Dossier> run) {
        try (var words = run.stream(Words.class, options -> options.patience(PATIENCE))) {
            var text = new StringBuilder();
            int attempt = 0;
            for (var item : words) {
                if (item.attempt() != attempt) {
                    text.setLength(0);
                    attempt = item.attempt();
                }
                text.append(item.value().text());
            }
            return text.toString();
        } catch (MillraceException e) {
            return e.getMessage();
        }
    }

    private static Optional<Dossier> dossier(RunHandle<Dossier> run) {
        try {
            return Optional.of(run.result(PATIENCE));
        } catch (MillraceException e) {
            return Optional.empty();
        }
    }

    private static String failure(RunDetail detail) {
        var failure = detail.getFailure();
        return failure == null ? "" : failure.getCode() + ": " + failure.getMessage();
    }
}
