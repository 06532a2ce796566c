package dev.millrace.samples.research;

import dev.millrace.client.Millrace;
import dev.millrace.samples.research.simulated.ModelServer;
import dev.millrace.samples.research.simulated.SimulatedLibrary;
import java.net.URI;
import java.util.Optional;

/**
 * A worker process: it registers both workflows and runs their steps until it is asked to end. Where the control plane is and who we are
 * comes from {@code MILLRACE_URL} and {@code MILLRACE_TOKEN}; without them the one that {@code millrace dev} runs in this project is used.
 *
 * <p>The model is at {@code OPENAI_BASE_URL}, with the key {@code OPENAI_API_KEY} and the name {@code OPENAI_MODEL}; without the first a
 * scripted one is started.
 */
public final class ResearchWorker {
    private ResearchWorker() {}

    public static void main(String[] arguments) {
        // All of them live as long as the process; the worker closes itself when the process is asked to end.
        var millrace = Millrace.connect();
        var base = variable("OPENAI_BASE_URL").map(URI::create).orElseGet(() -> new ModelServer().address());
        var model = new OpenAiModel(
                base,
                variable("OPENAI_API_KEY").orElse("none"),
                variable("OPENAI_MODEL").orElse("scripted"));
        var worker = millrace.worker(new ResearchAgent(model, new SimulatedLibrary()), new Completion(model))
                .start();
        System.out.println("Serving research-agent and completion as worker " + worker.id() + ". Stop with Ctrl-C.");
    }

    private static Optional<String> variable(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }
}
