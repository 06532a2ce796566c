package dev.millrace.cli.triggers;

import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.EventsApi;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.model.EventDetail;
import dev.millrace.rest.model.EventItem;
import dev.millrace.rest.model.PublishEvents;
import dev.millrace.rest.model.PublishedEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The group of commands about events. */
@Command(name = "events", description = "Publish, list, show and replay events.")
public final class EventsCommand extends CommandGroup {
    private final Context context;

    private EventsCommand(Context context) {
        this.context = context;
    }

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new EventsCommand(context));
    }

    @Command(
            name = "publish",
            description = "Publish an event.",
            footer = {"", "Example: millrace events publish order.placed --data order.json --id order-4711"})
    int publish(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "NAME", description = "What happened, such as order.placed.") String name,
            @Option(
                            names = "--data",
                            paramLabel = "FILE",
                            description = "File with the data as JSON; - reads standard input.")
                    String file,
            @Option(names = "--json", paramLabel = "JSON", description = "The data itself.") String json,
            @Option(
                            names = "--id",
                            paramLabel = "ID",
                            description = "Of several events with the same id only the first counts.")
                    String id,
            @Option(names = "--scope", paramLabel = "SCOPE", description = "For whom it is.") String scope,
            @Option(
                            names = "--metadata",
                            paramLabel = "KEY=VALUE",
                            description = "Labels of the event and of its runs.")
                    Map<String, String> metadata) {
        if ((file == null) == (json == null)) {
            throw new ParameterException(spec().commandLine(), "Give the data with --data FILE or with --json JSON.");
        }
        RawJson data = file == null ? JsonInput.text(json) : JsonInput.file(file);
        var item = new EventItem().name(name).data(data).id(id).scope(scope);
        if (metadata != null) {
            item.metadata(new LinkedHashMap<>(metadata));
        }
        try (var client = controlPlane.connect(context)) {
            var result = new EventsApi(client)
                    .publishEvents(new PublishEvents().items(List.of(item)))
                    .getItems()
                    .get(0);
            if (result.getError() != null) {
                context.terminal()
                        .note("millrace: " + result.getError().getDetail() + " ["
                                + result.getError().getCode() + "]");
                return ExitCode.ERROR;
            }
            print(output, result.getEvent());
            return ExitCode.OK;
        }
    }

    private void print(OutputOption output, PublishedEvent event) {
        context.terminal()
                .out()
                .println(
                        output.isJson()
                                ? Json.write(event)
                                : event.getEventId() + (event.getDuplicate() ? "  (published before)" : ""));
    }

    @Command(name = "list", description = "List events, newest first.")
    int list(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Option(names = "--name", paramLabel = "NAME", description = "Only events of this name.") String name,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "50",
                            description = "How many at most, 1 to 200 (default: ${DEFAULT-VALUE}).")
                    int limit) {
        try (var client = controlPlane.connect(context)) {
            var page = new EventsApi(client)
                    .listEvents(options -> options.name(name).limit(limit));
            if (output.isJson()) {
                context.terminal().out().println(Json.write(page.getItems()));
                return ExitCode.OK;
            }
            var table = new Table("EVENT", "NAME", "SCOPE", "PUBLISHED", ">RUNS", "ID");
            page.getItems()
                    .forEach(event -> table.row(
                            event.getEventId().toString(),
                            event.getName(),
                            orDash(event.getScope()),
                            event.getPublishedAt().toString(),
                            event.getRuns() + (event.getOpen() ? "+" : ""),
                            orDash(event.getId())));
            table.lines(context.terminal().outStyle())
                    .forEach(context.terminal().out()::println);
            return ExitCode.OK;
        }
    }

    @Command(name = "get", description = "Show an event with what each filter made of it.")
    int get(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "EVENT", description = "Id of the event.") UUID event) {
        try (var client = controlPlane.connect(context)) {
            var detail = new EventsApi(client).getEvent(event);
            if (output.isJson()) {
                context.terminal().out().println(Json.write(detail));
            } else {
                print(detail);
            }
            return ExitCode.OK;
        }
    }

    private void print(EventDetail event) {
        var out = context.terminal().out();
        out.println(event.getName() + "  " + event.getEventId() + "  " + event.getPublishedAt());
        out.println(Json.indented(event.getData().text()));
        if (event.getOutcomes().isEmpty()) {
            context.terminal().note("No filter asks for events of this name.");
            return;
        }
        var table = new Table("WORKFLOW", "OUTCOME", "RUN", "WHY");
        event.getOutcomes()
                .forEach(outcome -> table.row(
                        outcome.getWorkflow(),
                        outcome.getOutcome().toString(),
                        outcome.getRunId() == null ? "-" : outcome.getRunId().toString(),
                        orDash(outcome.getMessage())));
        table.lines(context.terminal().outStyle()).forEach(out::println);
        if (event.getUnlisted() > 0) {
            context.terminal().note(event.getUnlisted() + " more filters had nothing to do with it.");
        }
    }

    @Command(name = "replay", description = "Publish an event again; the filters of now decide over it.")
    int replay(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "EVENT", description = "Id of the event.") UUID event) {
        try (var client = controlPlane.connect(context)) {
            print(output, new EventsApi(client).replayEvent(event));
            return ExitCode.OK;
        }
    }

    static String orDash(String text) {
        return text == null || text.isEmpty() ? "-" : text;
    }
}
