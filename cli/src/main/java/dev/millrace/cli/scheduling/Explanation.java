package dev.millrace.cli.scheduling;

import dev.millrace.cli.terminal.Terminal;
import dev.millrace.rest.model.Hold;
import dev.millrace.rest.model.Holder;
import dev.millrace.rest.model.RunExplanation;
import dev.millrace.rest.model.TaskExplanation;
import dev.millrace.rest.model.WorkflowExplanation;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why something waits, for people to read. */
final class Explanation {
    private final Terminal terminal;

    Explanation(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(WorkflowExplanation explanation) {
        terminal.out().println("Workflow " + explanation.getWorkflow());
        terminal.out().println(explanation.getSentence());
        for (var crowd : explanation.getCrowds()) {
            heading(crowd.getTasks() + " × " + crowd.getHold().getGate(), "");
            print(crowd.getHold(), Optional.empty());
        }
    }

    void print(RunExplanation explanation) {
        terminal.out().println("Run " + explanation.getRunId() + " of workflow " + explanation.getWorkflow());
        terminal.out().println(explanation.getSentence());
        for (var task : explanation.getTasks()) {
            heading(name(task), "  " + task.getState());
            if (task.getHolds().isEmpty()) {
                terminal.out().println("  " + task.getSentence());
            }
            var run = Optional.of(explanation.getRunId().toString());
            task.getHolds().forEach(hold -> print(hold, run));
        }
    }

    private void heading(String bold, String plain) {
        terminal.out().println();
        terminal.out().println(terminal.outStyle().bold(bold) + plain);
    }

    private static String name(TaskExplanation task) {
        return task.getElement() == null ? task.getStep() : task.getStep() + "[" + task.getElement() + "]";
    }

    private void print(Hold hold, Optional<String> run) {
        var out = terminal.out();
        out.println("  " + hold.getSentence());
        out.println("    " + hold.getHelp());
        if (hold.getOutlook() != null) {
            out.println("    " + hold.getOutlook().getSentence());
        }
        if (hold.getHolders() != null && !hold.getHolders().isEmpty()) {
            out.println("    Held by "
                    + hold.getHolders().stream().map(Explanation::name).collect(Collectors.joining(", ")) + ".");
        }
        out.println("    Since " + shown(hold.getSince()) + ".");
        Remedy.of(hold, run).ifPresent(command -> out.println("    Try: " + command));
    }

    /** To the second, because that is what people read. */
    private static Instant shown(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }

    private static String name(Holder holder) {
        if (holder.getStep() == null) {
            return "run " + holder.getRunId();
        }
        return holder.getStep() + (holder.getElement() == null ? "" : "[" + holder.getElement() + "]") + " of run "
                + holder.getRunId();
    }
}
