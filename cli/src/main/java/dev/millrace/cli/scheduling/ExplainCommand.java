package dev.millrace.cli.scheduling;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.rest.ExplanationsApi;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace explain}. */
@Command(
        name = "explain",
        description = "Say why a run, a task of it or a workflow waits: for what, since when, behind how many, and what"
                + " would help.",
        footer = {
            "",
            "Asking changes nothing. Examples: millrace explain 0198c0de-0000-7000-8000-000000000001",
            "                                  millrace explain 0198c0de-0000-7000-8000-000000000001/charge",
            "                                  millrace explain order-fulfilment"
        })
public final class ExplainCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "ID",
            description = "Id of a run, RUN/STEP or RUN/STEP[N] for a task of it, or the name of a workflow.")
    private String id;

    @Option(names = "--workflow", paramLabel = "NAME", description = "A workflow, whatever its name looks like.")
    private String workflow;

    @Option(names = "--step", paramLabel = "STEP", description = "Of a run: only this step.")
    private String step;

    @Option(
            names = "--element",
            paramLabel = "N",
            description = "Of a run: only this element of a mapped step, counted from 0.")
    private Integer element;

    public ExplainCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if ((id == null) == (workflow == null)) {
            throw new ParameterException(
                    spec.commandLine(), "Say which: the id of a run, RUN/STEP, or the name of a workflow.");
        }
        var explained = workflow == null ? parsed() : new Explained.Workflow(workflow);
        var shown = new Explanation(context.terminal());
        try (var client = controlPlane.connect(context)) {
            var api = new ExplanationsApi(client);
            if (explained instanceof Explained.Workflow named) {
                var explanation = api.explainWorkflow(named.name());
                if (output.isJson()) {
                    context.terminal().out().println(Json.write(explanation));
                } else {
                    shown.print(explanation);
                }
                return ExitCode.OK;
            }
            var ofRun = (Explained.Run) explained;
            var explanation = api.explainRun(ofRun.run(), options -> {
                ofRun.step().ifPresent(options::step);
                ofRun.element().ifPresent(options::element);
            });
            if (output.isJson()) {
                context.terminal().out().println(Json.write(explanation));
            } else {
                shown.print(explanation);
            }
            return ExitCode.OK;
        }
    }

    private Explained parsed() {
        try {
            return Explained.parse(id).only(step, element);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
