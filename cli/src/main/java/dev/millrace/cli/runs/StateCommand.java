package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.WaitsApi;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace runs state}. */
@Command(
        name = "state",
        description = "Show how far the durable steps of a run are, as they say it themselves.",
        footer = {"", "Example: millrace runs state 0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d"})
final class StateCommand implements Callable<Integer> {
    private final Context context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String run;

    StateCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var id = RunIds.read(List.of(run), spec).get(0);
        try (var client = controlPlane.connect(context)) {
            var shown = new WaitsApi(client).getRunState(id);
            var out = context.terminal().out();
            if (output.isJson()) {
                out.println(Json.write(shown));
                return 0;
            }
            var table = new Table("STEP", "ELEMENT", "AT", "STATE");
            for (var item : shown.getItems()) {
                table.row(
                        item.getStep(),
                        item.getElement().toString(),
                        item.getAt().toString(),
                        item.getState().text());
            }
            table.lines(context.terminal().outStyle()).forEach(out::println);
        }
        return 0;
    }
}
