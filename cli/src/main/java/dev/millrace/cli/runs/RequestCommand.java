package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.triggers.JsonInput;
import dev.millrace.rest.WaitsApi;
import dev.millrace.rest.model.RequestAnswer;
import dev.millrace.rest.model.SendSignal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace runs request}. */
@Command(
        name = "request",
        description = "Send a run a signal and show what its durable step answers.",
        footer = {
            "",
            "The exit code is 7 if there was no answer in time. The run has the request then: ask again with the",
            "request id that is shown, and it is answered once, whoever asks.",
            "",
            "Example: millrace runs request 0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d quote '{\"pages\": 3}'"
        })
final class RequestCommand implements Callable<Integer> {
    /** One question waits as long as the contract allows; a longer wait asks again. */
    private static final Duration LONGEST_QUESTION = Duration.ofSeconds(60);

    private final Context context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String run;

    @Parameters(index = "1", paramLabel = "NAME", description = "What the step waits for.")
    private String name;

    @Parameters(index = "2", paramLabel = "JSON", description = "What the step is given, as JSON.")
    private String data;

    @Option(
            names = "--request-id",
            paramLabel = "ID",
            description = "Names the request, so that it is answered once however often it is sent.")
    private String requestId;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "1m",
            description = "How long to wait for the answer, such as 30s or 5m (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    RequestCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var id = RunIds.read(List.of(run), spec).get(0);
        // Without an id each question would be another request.
        var known = requestId == null ? UUID.randomUUID().toString() : requestId;
        var signal = new SendSignal().data(JsonInput.text(data)).requestId(known);
        try (var client = controlPlane.connect(context)) {
            var answer = ask(new WaitsApi(client), id, signal);
            var out = context.terminal().out();
            if (output.isJson()) {
                out.println(Json.write(answer));
            } else if (answer.getAnswered()) {
                out.println(answer.getAnswer());
            } else {
                out.println(id + "  " + name + "  no answer in " + timeout.toSeconds()
                        + " s; ask again with --request-id " + known);
            }
            return answer.getAnswered() ? ExitCode.OK : ExitCode.WAIT_OVER;
        }
    }

    private RequestAnswer ask(WaitsApi api, UUID id, SendSignal signal) {
        long deadline = System.nanoTime() + timeout.toNanos();
        long left = timeout.toNanos();
        while (true) {
            var question = Duration.ofNanos(Math.max(0, Math.min(left, LONGEST_QUESTION.toNanos())));
            // Rounded up: a wait of half a second must not become a question without any.
            int seconds = Math.toIntExact(question.plusMillis(999).toSeconds());
            var answer = api.sendRequest(id, name, signal, options -> options.waitSeconds(seconds));
            left = deadline - System.nanoTime();
            if (answer.getAnswered() || left <= 0) {
                return answer;
            }
        }
    }
}
