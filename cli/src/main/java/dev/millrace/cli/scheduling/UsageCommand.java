package dev.millrace.cli.scheduling;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.Since;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.UsageApi;
import dev.millrace.rest.model.UsageGrouping;
import dev.millrace.rest.model.UsageTotal;
import dev.millrace.rest.model.UsageTotals;
import java.text.NumberFormat;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace usage}. */
@Command(
        name = "usage",
        description = "What runs used, added up by the hour: tokens, cents, pages, by the names that steps gave it.",
        footer = {
            "",
            "Examples: millrace usage",
            "          millrace usage --by workflow --name openai.tokens --since 30d"
        })
public final class UsageCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            defaultValue = "NAME",
            description = "What gets a line of its own beside each name: ${COMPLETION-CANDIDATES} (default: "
                    + "${DEFAULT-VALUE}, all of the tenant).")
    private UsageGrouping grouping;

    @Option(names = "--name", paramLabel = "NAME", description = "Only what is used under this name.")
    private String name;

    @Option(names = "--workflow", paramLabel = "NAME", description = "Only by runs of this workflow.")
    private String workflow;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "1d",
            converter = Since.class,
            description =
                    "From the hour of this instant on, or of a time ago such as 2h or 7d (default: ${DEFAULT-VALUE}).")
    private Instant since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = Since.class,
            description = "To the hour of this instant, or of a time ago (default: now).")
    private Instant until;

    public UsageCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        UsageTotals totals;
        try (var client = controlPlane.connect(context)) {
            totals = new UsageApi(client)
                    .listUsage(options -> options.from(since)
                            .to(until)
                            .groupBy(grouping)
                            .name(name)
                            .workflow(workflow));
        }
        if (output.isJson()) {
            context.terminal().out().println(Json.write(totals));
        } else if (totals.getItems().isEmpty()) {
            context.terminal()
                    .note("Nothing was recorded as used from " + totals.getFrom() + " to " + totals.getTo() + ".");
        } else {
            print(totals);
        }
        return ExitCode.OK;
    }

    private void print(UsageTotals totals) {
        var amounts = NumberFormat.getIntegerInstance(Locale.ROOT);
        var table = grouping == UsageGrouping.NAME
                ? new Table("NAME", ">AMOUNT")
                : new Table(grouping.toString(), "NAME", ">AMOUNT");
        for (var total : totals.getItems()) {
            var used = total.getName().isEmpty() ? "(others)" : total.getName();
            var amount = amounts.format(total.getAmount());
            if (grouping == UsageGrouping.NAME) {
                table.row(used, amount);
            } else {
                table.row(part(total), used, amount);
            }
        }
        table.lines(context.terminal().outStyle()).forEach(context.terminal().out()::println);
        context.terminal().note("From " + totals.getFrom() + " to " + totals.getTo() + ", by whole hours.");
        if (!totals.getIsAll()) {
            context.terminal().note("There are more. Ask for less, by --name, --workflow, --since or --until.");
        }
    }

    private String part(UsageTotal total) {
        return switch (grouping) {
            case NAME -> "";
            case WORKFLOW -> total.getWorkflow();
            case SERVICE -> total.getService();
            case HOUR -> total.getHour().toString();
        };
    }
}
