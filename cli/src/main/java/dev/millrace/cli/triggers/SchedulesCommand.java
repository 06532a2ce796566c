package dev.millrace.cli.triggers;

import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.Pages;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.SchedulesApi;
import dev.millrace.rest.model.BackfillSchedule;
import dev.millrace.rest.model.CatchUpPolicy;
import dev.millrace.rest.model.ChangeSchedule;
import dev.millrace.rest.model.CreateSchedule;
import dev.millrace.rest.model.OverlapPolicy;
import dev.millrace.rest.model.Schedule;
import dev.millrace.rest.model.WhilePausedPolicy;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The group of commands about schedules. */
@Command(name = "schedules", description = "Say when workflows are started, and see when they were and will be.")
public final class SchedulesCommand extends CommandGroup {
    private static final int PAGE = 200;

    private final Context context;

    private SchedulesCommand(Context context) {
        this.context = context;
    }

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new SchedulesCommand(context));
    }

    @Command(name = "list", description = "List schedules, oldest first.")
    int list(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Option(names = "--workflow", paramLabel = "NAME", description = "Only schedules that start this workflow.")
                    String workflow) {
        try (var client = controlPlane.connect(context)) {
            var api = new SchedulesApi(client);
            print(output, Pages.all(cursor -> {
                var page = api.listSchedules(
                        options -> options.workflow(workflow).cursor(cursor).limit(PAGE));
                return new Pages.Page<>(page.getItems(), page.getNextCursor());
            }));
        }
        return ExitCode.OK;
    }

    @Command(name = "get", description = "Show a schedule with its next ticks and its last one.")
    int get(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "SCHEDULE", description = "Id of the schedule.") UUID schedule) {
        try (var client = controlPlane.connect(context)) {
            var found = new SchedulesApi(client).getSchedule(schedule);
            print(output, List.of(found));
            if (!output.isJson()) {
                found.getNextTicks().forEach(tick -> context.terminal().out().println("next  " + tick));
                if (found.getLastAt() != null) {
                    context.terminal()
                            .out()
                            .println("last  " + found.getLastAt() + "  "
                                    + (found.getLastRunId() == null ? "-" : found.getLastRunId()));
                }
                if (found.getProblem() != null) {
                    context.terminal().note(found.getProblem());
                }
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "create",
            description = "Start a workflow at certain times.",
            footer = {
                "",
                "Example: millrace schedules create report nightly --cron \"0 2 * * *\" --zone Europe/Berlin --json"
                        + " '{\"day\":1}'"
            })
    int create(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "WORKFLOW", description = "What is started.") String workflow,
            @Parameters(paramLabel = "NAME", description = "Name of the schedule, unique in the workflow.") String name,
            @Option(names = "--cron", paramLabel = "CRON", description = "Minute hour day month weekday; with --zone.")
                    String cron,
            @Option(names = "--zone", paramLabel = "ZONE", description = "IANA time zone, such as Europe/Berlin.")
                    String zone,
            @Option(names = "--every", paramLabel = "DURATION", description = "An interval, such as 30s.") String every,
            @Option(names = "--at", paramLabel = "INSTANT", description = "One instant, such as 2026-11-21T08:00:00Z.")
                    Instant at,
            @Option(
                            names = "--input",
                            paramLabel = "FILE",
                            description = "File with the input; - reads standard input.")
                    String file,
            @Option(names = "--json", paramLabel = "JSON", description = "The input itself.") String json,
            @Option(names = "--overlap", paramLabel = "POLICY", description = "One of ${COMPLETION-CANDIDATES}.")
                    OverlapPolicy overlap,
            @Option(names = "--catch-up", paramLabel = "POLICY", description = "One of ${COMPLETION-CANDIDATES}.")
                    CatchUpPolicy catchUp,
            @Option(names = "--jitter", paramLabel = "DURATION", description = "Delays each start by a part of this.")
                    String jitter,
            @Option(
                            names = "--while-paused",
                            paramLabel = "POLICY",
                            description =
                                    "What becomes of ticks while the workflow is paused: ${COMPLETION-CANDIDATES}.")
                    WhilePausedPolicy whilePaused) {
        var wish = new CreateSchedule()
                .workflow(workflow)
                .name(name)
                .cron(cron)
                .zone(zone)
                .every(every)
                .at(at)
                .overlap(overlap)
                .catchUp(catchUp)
                .jitter(jitter)
                .whilePaused(whilePaused);
        if (file != null || json != null) {
            wish.input(json == null ? JsonInput.file(file) : JsonInput.text(json));
        }
        try (var client = controlPlane.connect(context)) {
            print(output, List.of(new SchedulesApi(client).createSchedule(wish)));
            return ExitCode.OK;
        }
    }

    @Command(name = "pause", description = "Let no ticks pass until the schedule is resumed.")
    int pause(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "SCHEDULE", description = "Id of the schedule.") UUID schedule) {
        return change(controlPlane, output, schedule, new ChangeSchedule().paused(true));
    }

    @Command(name = "resume", description = "Let a paused schedule go on from now.")
    int resume(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "SCHEDULE", description = "Id of the schedule.") UUID schedule) {
        return change(controlPlane, output, schedule, new ChangeSchedule().paused(false));
    }

    @Command(
            name = "change",
            description = "Say what becomes of ticks while the workflow is paused, also for a schedule of a manifest.")
    int change(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "SCHEDULE", description = "Id of the schedule.") UUID schedule,
            @Option(
                            names = "--while-paused",
                            required = true,
                            paramLabel = "POLICY",
                            description = "One of ${COMPLETION-CANDIDATES}.")
                    WhilePausedPolicy whilePaused) {
        return change(controlPlane, output, schedule, new ChangeSchedule().whilePaused(whilePaused));
    }

    private int change(ControlPlaneOptions controlPlane, OutputOption output, UUID schedule, ChangeSchedule change) {
        try (var client = controlPlane.connect(context)) {
            print(output, List.of(new SchedulesApi(client).changeSchedule(schedule, change)));
            return ExitCode.OK;
        }
    }

    @Command(name = "trigger", description = "Start a run of a schedule now, beside its ticks.")
    int trigger(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "SCHEDULE", description = "Id of the schedule.") UUID schedule) {
        try (var client = controlPlane.connect(context)) {
            context.terminal()
                    .out()
                    .println(new SchedulesApi(client).triggerSchedule(schedule).getRunId());
            return ExitCode.OK;
        }
    }

    @Command(name = "backfill", description = "Start the runs of ticks that have passed.")
    int backfill(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "SCHEDULE", description = "Id of the schedule.") UUID schedule,
            @Option(names = "--from", required = true, paramLabel = "INSTANT", description = "From this instant on.")
                    Instant from,
            @Option(names = "--to", required = true, paramLabel = "INSTANT", description = "Before this instant.")
                    Instant to) {
        try (var client = controlPlane.connect(context)) {
            var result = new SchedulesApi(client)
                    .backfillSchedule(
                            schedule, new BackfillSchedule().from(from).to(to));
            context.terminal()
                    .out()
                    .println(
                            output.isJson()
                                    ? Json.write(result)
                                    : result.getStarted() + " of " + result.getTicks() + " ticks started a run.");
            return ExitCode.OK;
        }
    }

    @Command(name = "delete", description = "Delete a schedule that was made at run time.")
    int delete(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "SCHEDULE", description = "Id of the schedule.") UUID schedule) {
        try (var client = controlPlane.connect(context)) {
            new SchedulesApi(client).deleteSchedule(schedule);
            return ExitCode.OK;
        }
    }

    private void print(OutputOption output, List<Schedule> schedules) {
        var out = context.terminal().out();
        if (output.isJson()) {
            out.println(Json.write(schedules));
            return;
        }
        var table = new Table("SCHEDULE", "WORKFLOW", "NAME", "WHEN", "SOURCE", "NEXT", "PROBLEM");
        schedules.forEach(schedule -> table.row(
                schedule.getScheduleId().toString(),
                schedule.getWorkflow(),
                schedule.getName(),
                when(schedule),
                schedule.getSource().toString(),
                schedule.getPaused()
                        ? "paused"
                        : schedule.getNextTicks().isEmpty()
                                ? "-"
                                : schedule.getNextTicks().get(0),
                EventsCommand.orDash(schedule.getProblem())));
        table.lines(context.terminal().outStyle()).forEach(out::println);
    }

    private static String when(Schedule schedule) {
        if (schedule.getCron() != null) {
            return schedule.getCron() + " " + schedule.getZone();
        }
        return schedule.getEvery() == null ? "at " + schedule.getAt() : "every " + schedule.getEvery();
    }
}
