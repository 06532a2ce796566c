package dev.millrace.cli.scheduling;

import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.LimitsApi;
import dev.millrace.rest.model.Limit;
import dev.millrace.rest.model.LimitKind;
import dev.millrace.rest.model.LimitUsage;
import dev.millrace.rest.model.LimitValue;
import dev.millrace.rest.model.SetLimit;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The group of commands about limits. */
@Command(
        name = "limits",
        description = "See concurrency limits and rate limits, and change them while everything runs.")
public final class LimitsCommand extends CommandGroup {
    private final Context context;

    private LimitsCommand(Context context) {
        this.context = context;
    }

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new LimitsCommand(context));
    }

    @Command(name = "list", description = "List limits, how much of each is in use, and how many wait.")
    int list(@Mixin ControlPlaneOptions controlPlane, @Mixin OutputOption output) {
        List<Limit> limits;
        try (var client = controlPlane.connect(context)) {
            limits = new LimitsApi(client).listLimits().getItems();
        }
        if (output.isJson()) {
            context.terminal().out().println(Json.write(limits));
            return ExitCode.OK;
        }
        var table = new Table("KIND", "NAME", "KEY", "LIMIT", "DECLARED", ">TAKEN", ">WAITING");
        for (var limit : limits) {
            if (limit.getKeys().isEmpty()) {
                table.row(row(limit, "", "0", "0"));
            }
            for (LimitUsage usage : limit.getKeys()) {
                var key = usage.getKey() == null ? "" : usage.getKey();
                table.row(row(limit, key, String.valueOf(usage.getTaken()), String.valueOf(usage.getWaiting())));
            }
        }
        table.lines(context.terminal().outStyle()).forEach(context.terminal().out()::println);
        return ExitCode.OK;
    }

    private static String[] row(Limit limit, String key, String taken, String waiting) {
        return new String[] {
            limit.getKind().toString(),
            limit.getName(),
            key,
            value(limit.getEffective()),
            value(limit.getDeclared()),
            taken,
            waiting
        };
    }

    private static String value(LimitValue value) {
        if (value == null) {
            return "-";
        }
        return value.getPer() == null
                ? String.valueOf(value.getLimit())
                : value.getLimit() + " per " + value.getPer() + ", burst " + value.getBurst();
    }

    @Command(
            name = "set",
            description =
                    "Let a limit hold at once, instead of what manifests say. Lowering ends nothing that goes on.",
            footer = {
                "",
                "With --per it is a rate limit, else a concurrency limit.",
                "Examples: millrace limits set desk 5",
                "          millrace limits set openai 100 --per 1m --burst 20"
            })
    int set(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "NAME", description = "Name of the limit, as the list shows it.") String name,
            @Parameters(paramLabel = "LIMIT", description = "How many at once, or how many tokens per period.")
                    long limit,
            @Option(names = "--per", paramLabel = "TIME", description = "The period of a rate limit, such as 1s.")
                    String per,
            @Option(
                            names = "--burst",
                            paramLabel = "N",
                            description = "The most tokens at one moment (default: the limit).")
                    Long burst) {
        var wish = new SetLimit()
                .kind(per == null && burst == null ? LimitKind.CONCURRENCY : LimitKind.RATE)
                .name(name)
                .limit(limit);
        if (per != null) {
            wish.per(per);
        }
        if (burst != null) {
            wish.burst(burst);
        }
        try (var client = controlPlane.connect(context)) {
            new LimitsApi(client).setLimit(wish);
        }
        context.terminal().out().println(name + " is set.");
        return ExitCode.OK;
    }

    @Command(name = "reset", description = "Let what manifests say hold again.")
    int reset(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "NAME", description = "Name of the limit.") String name,
            @Option(names = "--rate", description = "It is a rate limit; else it is a concurrency limit.")
                    boolean rate) {
        try (var client = controlPlane.connect(context)) {
            var api = new LimitsApi(client);
            if (rate) {
                api.resetRateLimit(name);
            } else {
                api.resetConcurrencyLimit(name);
            }
        }
        context.terminal().out().println(name + " is as manifests say.");
        return ExitCode.OK;
    }
}
