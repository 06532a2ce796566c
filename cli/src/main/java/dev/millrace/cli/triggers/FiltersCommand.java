package dev.millrace.cli.triggers;

import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.Pages;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.FiltersApi;
import dev.millrace.rest.model.ChangeFilter;
import dev.millrace.rest.model.CreateFilter;
import dev.millrace.rest.model.EventFilter;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The group of commands about filters. */
@Command(name = "filters", description = "Say which events start which workflows, without a new version of them.")
public final class FiltersCommand extends CommandGroup {
    private static final int PAGE = 200;

    private final Context context;

    private FiltersCommand(Context context) {
        this.context = context;
    }

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new FiltersCommand(context));
    }

    @Command(name = "list", description = "List filters, oldest first.")
    int list(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Option(names = "--workflow", paramLabel = "NAME", description = "Only filters that start this workflow.")
                    String workflow) {
        try (var client = controlPlane.connect(context)) {
            var api = new FiltersApi(client);
            print(output, Pages.all(cursor -> {
                var page = api.listFilters(
                        options -> options.workflow(workflow).cursor(cursor).limit(PAGE));
                return new Pages.Page<>(page.getItems(), page.getNextCursor());
            }));
        }
        return ExitCode.OK;
    }

    @Command(
            name = "create",
            description = "Let events start a workflow from now on.",
            footer = {"", "Example: millrace filters create order-fulfilment order.placed --where \"event.cents > 0\""})
    int create(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "WORKFLOW", description = "What is started.") String workflow,
            @Parameters(paramLabel = "EVENT", description = "Name of events; * stands for whole parts of it.")
                    String event,
            @Option(names = "--where", paramLabel = "CEL", description = "Only events for which this holds.")
                    String where,
            @Option(names = "--scope", paramLabel = "SCOPE", description = "Only events of this scope.") String scope) {
        try (var client = controlPlane.connect(context)) {
            print(
                    output,
                    List.of(new FiltersApi(client)
                            .createFilter(new CreateFilter()
                                    .workflow(workflow)
                                    .event(event)
                                    .where(where)
                                    .scope(scope))));
            return ExitCode.OK;
        }
    }

    @Command(name = "change", description = "Change a filter that was made at run time.")
    int change(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "FILTER", description = "Id of the filter.") UUID filter,
            @Option(names = "--event", paramLabel = "EVENT", description = "Another name of events.") String event,
            @Option(names = "--where", paramLabel = "CEL", description = "Another condition; empty for none.")
                    String where,
            @Option(names = "--scope", paramLabel = "SCOPE", description = "Another scope; empty for all.")
                    String scope) {
        return change(
                controlPlane,
                output,
                filter,
                new ChangeFilter().event(event).where(where).scope(scope));
    }

    @Command(name = "enable", description = "Switch a filter on again.")
    int enable(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "FILTER", description = "Id of the filter.") UUID filter) {
        return change(controlPlane, output, filter, new ChangeFilter().enabled(true));
    }

    @Command(name = "disable", description = "Switch a filter off.")
    int disable(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "FILTER", description = "Id of the filter.") UUID filter) {
        return change(controlPlane, output, filter, new ChangeFilter().enabled(false));
    }

    private int change(ControlPlaneOptions controlPlane, OutputOption output, UUID filter, ChangeFilter change) {
        try (var client = controlPlane.connect(context)) {
            print(output, List.of(new FiltersApi(client).changeFilter(filter, change)));
            return ExitCode.OK;
        }
    }

    @Command(name = "delete", description = "Delete a filter that was made at run time.")
    int delete(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "FILTER", description = "Id of the filter.") UUID filter) {
        try (var client = controlPlane.connect(context)) {
            new FiltersApi(client).deleteFilter(filter);
            return ExitCode.OK;
        }
    }

    private void print(OutputOption output, List<EventFilter> filters) {
        var out = context.terminal().out();
        if (output.isJson()) {
            out.println(Json.write(filters));
            return;
        }
        var table = new Table("FILTER", "EVENT", "SCOPE", "WHERE", "WORKFLOW", "SOURCE", "ENABLED");
        filters.forEach(filter -> table.row(
                filter.getFilterId().toString(),
                filter.getEvent(),
                EventsCommand.orDash(filter.getScope()),
                EventsCommand.orDash(filter.getWhere()),
                filter.getWorkflow(),
                filter.getSource().toString(),
                filter.getEnabled() ? "yes" : "no"));
        table.lines(context.terminal().outStyle()).forEach(out::println);
    }
}
