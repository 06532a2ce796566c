package dev.millrace.cli.scheduling;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.rest.ExplanationsApi;
import dev.millrace.rest.model.Hold;
import dev.millrace.rest.model.Holder;
import dev.millrace.rest.model.RunExplanation;
import dev.millrace.rest.model.TaskExplanation;
import dev.millrace.rest.model.WorkflowExplanation;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
        description =
                "Say why a run or the tasks of a workflow wait: which gate, since when, behind how many, and what would help.",
        footer = {"", "Asking changes nothing. Example: millrace explain 0198c0de-… --step charge"})
public final class ExplainCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "RUN", description = "Id of the run.")
    private UUID run;

    @Option(
            names = "--workflow",
            paramLabel = "NAME",
            description = "Instead of a run: what the tasks of a workflow wait for.")
    private String workflow;

    @Option(names = "--step", paramLabel = "STEP", description = "Only this step.")
    private String step;

    @Option(names = "--element", paramLabel = "N", description = "Only this element of a mapped step, counted from 0.")
    private Integer element;

    public ExplainCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if ((run == null) == (workflow == null)) {
            throw new ParameterException(spec.commandLine(), "Say which: the id of a run, or --workflow NAME.");
        }
        try (var client = controlPlane.connect(context)) {
            if (workflow != null) {
                explain(new ExplanationsApi(client).explainWorkflow(workflow));
                return ExitCode.OK;
            }
            var explanation = new ExplanationsApi(client).explainRun(run, options -> {
                if (step != null) {
                    options.step(step);
                }
                if (element != null) {
                    options.element(element);
                }
            });
            if (output.isJson()) {
                context.terminal().out().println(Json.write(explanation));
            } else {
                print(explanation);
            }
            return ExitCode.OK;
        }
    }

    private void explain(WorkflowExplanation explanation) {
        var out = context.terminal().out();
        if (output.isJson()) {
            out.println(Json.write(explanation));
            return;
        }
        out.println("Workflow " + explanation.getWorkflow());
        out.println(explanation.getSentence());
        for (var crowd : explanation.getCrowds()) {
            out.println();
            out.println(context.terminal()
                    .outStyle()
                    .bold(crowd.getTasks() + " × " + crowd.getHold().getGate()));
            print(crowd.getHold());
        }
    }

    private void print(RunExplanation explanation) {
        var out = context.terminal().out();
        out.println("Run " + explanation.getRunId() + " of workflow " + explanation.getWorkflow());
        out.println(explanation.getSentence());
        for (var task : explanation.getTasks()) {
            out.println();
            out.println(context.terminal().outStyle().bold(name(task)) + "  " + task.getState());
            if (task.getHolds().isEmpty()) {
                out.println("  " + task.getSentence());
            }
            task.getHolds().forEach(this::print);
        }
    }

    private static String name(TaskExplanation task) {
        return task.getElement() == null ? task.getStep() : task.getStep() + "[" + task.getElement() + "]";
    }

    private void print(Hold hold) {
        var out = context.terminal().out();
        out.println("  " + hold.getSentence());
        out.println("    since  " + hold.getSince());
        if (hold.getHolders() != null && !hold.getHolders().isEmpty()) {
            out.println("    held by  "
                    + hold.getHolders().stream().map(ExplainCommand::name).collect(Collectors.joining(", ")));
        }
        out.println("    " + hold.getHelp());
    }

    private static String name(Holder holder) {
        if (holder.getStep() == null) {
            return "run " + holder.getRunId();
        }
        return holder.getStep() + (holder.getElement() == null ? "" : "[" + holder.getElement() + "]") + " of run "
                + holder.getRunId();
    }
}
