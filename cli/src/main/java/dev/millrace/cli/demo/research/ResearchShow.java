package dev.millrace.cli.demo.research;

import dev.millrace.cli.demo.Following;
import dev.millrace.cli.demo.Show;
import dev.millrace.cli.demo.Shown;
import dev.millrace.cli.demo.Stage;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunHandle;
import dev.millrace.rest.SchedulesApi;
import dev.millrace.samples.research.Dossier;
import dev.millrace.samples.research.Question;
import dev.millrace.samples.research.ResearchAgentClient;
import dev.millrace.samples.research.simulated.Inquiry;
import dev.millrace.samples.research.simulated.ModelServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Questions that a model answers in rounds; the first of them once more, by the schedule of every morning. */
public final class ResearchShow implements Show {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final ModelServer model = new ModelServer();
    private final List<Inquiry> inquiries = Inquiry.all();

    @Override
    public String sample() {
        return "research-agent";
    }

    @Override
    public int runs() {
        return inquiries.size() + 1;
    }

    @Override
    public Map<String, String> surroundings(Path data) {
        return Map.of("OPENAI_BASE_URL", model.address().toString());
    }

    @Override
    public Shown run(Stage stage) throws InterruptedException {
        stage.progress()
                .note("Asking " + inquiries.size()
                        + " questions, and triggering the schedule of every morning. The model is a"
                        + " scripted one behind HTTP at " + model.address() + ".");
        Map<RunHandle<Dossier>, Inquiry> runs = new LinkedHashMap<>();
        var client = new ResearchAgentClient(stage.millrace());
        inquiries.forEach(inquiry -> runs.put(client.start(inquiry.question()), inquiry));
        var morning = Morning.trigger(stage.millrace());
        runs.put(morning.run(), inquiries.get(0));
        var following = new Following(stage, runs.size());
        runs.keySet().forEach(following::follow);
        following.awaitEnds(LIMIT);
        var hindsight = new Hindsight(stage.millrace());
        var found = new ArrayList<Found>();
        runs.forEach((run, inquiry) -> found.add(hindsight.of(inquiry, run)));
        return new ResearchResult(found, morning.next(), model.tooMany());
    }

    /** The run that the schedule of the manifest starts when it is triggered, and when it would have by itself. */
    private record Morning(RunHandle<Dossier> run, String next) {
        static Morning trigger(Millrace millrace) {
            var schedules = new SchedulesApi(millrace.rest());
            var id = schedules
                    .listSchedules(options -> options.workflow("research-agent"))
                    .getItems()
                    .get(0)
                    .getScheduleId();
            var next = schedules.getSchedule(id).getNextTicks().get(0);
            var run = schedules.triggerSchedule(id).getRunId().toString();
            return new Morning(
                    millrace.workflow("research-agent", Question.class, Dossier.class)
                            .get(run),
                    next);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
