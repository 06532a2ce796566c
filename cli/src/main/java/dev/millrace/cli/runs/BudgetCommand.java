package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.rest.BudgetsApi;
import dev.millrace.rest.model.RaiseBudget;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace runs budget}. */
@Command(
        name = "budget",
        description = "Let a run use more of a budget; what waits for that goes on.",
        footer = {"", "Example: millrace runs budget 0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d openai.tokens 200000 --by ada"
        })
final class BudgetCommand implements Callable<Integer> {
    private final Context context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private String run;

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the budget.")
    private String name;

    @Parameters(
            index = "2",
            paramLabel = "AMOUNT",
            description = "How much the run may use in all; not how much is added.")
    private long limit;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "raised on the command line",
            description = "For whoever reads the history later (default: \"${DEFAULT-VALUE}\").")
    private String reason;

    @Option(names = "--by", paramLabel = "WHO", description = "Who lets it.")
    private String by;

    BudgetCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var id = RunIds.read(List.of(run), spec).get(0);
        if (limit < 1) {
            throw new ParameterException(spec.commandLine(), "AMOUNT must be 1 or more, but it is " + limit + ".");
        }
        var wish = new RaiseBudget().budget(name).limit(limit).reason(reason).by(by);
        try (var client = controlPlane.connect(context)) {
            var raised = new BudgetsApi(client).raiseBudget(id, wish);
            var out = context.terminal().out();
            if (output.isJson()) {
                out.println(Json.write(raised));
            } else {
                out.println(raised.getRunId() + "  may use " + raised.getLimit() + " of " + raised.getBudget()
                        + ", and has used " + raised.getUsed());
            }
        }
        return ExitCode.OK;
    }
}
