package dev.millrace.cli.triggers;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.rest.ExpressionsApi;
import dev.millrace.rest.model.EvaluateExpression;
import dev.millrace.rest.model.ExpressionPurpose;
import dev.millrace.rest.model.ExpressionResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace cel}. */
@Command(
        name = "cel",
        description = "Try a CEL expression against example events.",
        footer = {
            "",
            "The expression may name event, metadata and name. The exit code is 1 when it is wrong or has no value.",
            "Example: millrace cel \"event.cents > 1000\" --event order.json"
        })
public final class CelCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Parameters(paramLabel = "EXPRESSION", description = "The expression.")
    private String expression;

    @Option(
            names = "--event",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files with one JSON value each; - reads standard input.")
    private List<String> files = List.of();

    @Option(names = "--name", paramLabel = "NAME", description = "Name of the event.")
    private String name;

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "Metadata of the event.")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(
            names = "--purpose",
            paramLabel = "PURPOSE",
            defaultValue = "ANY",
            description = "What it is for: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private ExpressionPurpose purpose;

    public CelCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var results = new ArrayList<ExpressionResult>();
        try (var client = controlPlane.connect(context)) {
            var api = new ExpressionsApi(client);
            if (files.isEmpty()) {
                results.add(api.evaluateExpression(wish()));
            }
            for (var file : files) {
                results.add(api.evaluateExpression(wish().event(JsonInput.file(file))));
            }
        }
        if (output.isJson()) {
            context.terminal().out().println(Json.write(results));
        } else {
            print(results);
        }
        return results.stream().allMatch(result -> result.getValue() != null) ? ExitCode.OK : ExitCode.ERROR;
    }

    private EvaluateExpression wish() {
        var wish =
                new EvaluateExpression().expression(expression).purpose(purpose).name(name);
        return metadata.isEmpty() ? wish : wish.metadata(metadata);
    }

    private void print(List<ExpressionResult> results) {
        for (int i = 0; i < results.size(); i++) {
            var result = results.get(i);
            var prefix = files.size() > 1 ? files.get(i) + ": " : "";
            if (result.getMistakes() != null && !result.getMistakes().isEmpty()) {
                // The same for every file.
                printMistakes(result);
                return;
            }
            if (result.getValue() != null) {
                context.terminal().out().println(prefix + result.getValue().text());
            } else {
                context.terminal().note("millrace: " + prefix + result.getFailure());
            }
        }
    }

    private void printMistakes(ExpressionResult result) {
        for (var mistake : result.getMistakes()) {
            context.terminal().note("millrace: column " + mistake.getColumn() + ": " + mistake.getMessage());
            if (expression.indexOf('\n') < 0) {
                context.terminal().note("  " + expression);
                context.terminal().note("  " + " ".repeat(Math.max(0, mistake.getColumn() - 1)) + "^");
            }
        }
    }
}
