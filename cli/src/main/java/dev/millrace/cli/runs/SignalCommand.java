package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.triggers.JsonInput;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.WaitsApi;
import dev.millrace.rest.model.SendSignal;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace runs signal}. */
@Command(
        name = "signal",
        description = "Send a run a signal, which a durable step of it waits for or will wait for.",
        footer = {
            "",
            "Example: millrace runs signal 0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d paid --data '{\"cents\": 4200}'"
        })
final class SignalCommand implements Callable<Integer> {
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

    @ArgGroup(multiplicity = "1")
    private Data data;

    @Option(
            names = "--request-id",
            paramLabel = "ID",
            description = "Names the signal, so that it comes once however often it is sent.")
    private String requestId;

    private static final class Data {
        @Option(names = "--data", paramLabel = "JSON", description = "What the step is given, as JSON.")
        private String text;

        @Option(names = "--file", paramLabel = "FILE", description = "The same from a file; - for standard input.")
        private String file;

        RawJson read() {
            return text != null ? JsonInput.text(text) : JsonInput.file(file);
        }
    }

    SignalCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var id = RunIds.read(List.of(run), spec).get(0);
        var signal = new SendSignal().data(data.read()).requestId(requestId);
        try (var client = controlPlane.connect(context)) {
            var sent = new WaitsApi(client).sendSignal(id, name, signal);
            var out = context.terminal().out();
            if (output.isJson()) {
                out.println(Json.write(sent));
            } else {
                out.println(sent.getRunId() + "  " + sent.getName() + "  "
                        + (sent.getDuplicate() ? "was there before" : "sent"));
            }
        }
        return 0;
    }
}
