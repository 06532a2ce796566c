package dev.millrace.cli.triggers;

import dev.millrace.cli.CliException;
import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.Pages;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.WebhooksApi;
import dev.millrace.rest.model.ChangeWebhook;
import dev.millrace.rest.model.CreateWebhook;
import dev.millrace.rest.model.SignatureAlgorithm;
import dev.millrace.rest.model.SignatureEncoding;
import dev.millrace.rest.model.Webhook;
import dev.millrace.rest.model.WebhookSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The group of commands about webhooks. Secrets are read from files, because others see what stands on a command line. */
@Command(name = "webhooks", description = "Addresses at which other companies' servers deliver what becomes events.")
public final class WebhooksCommand extends CommandGroup {
    private static final int PAGE = 200;
    private static final int MOST_SECRETS = 2;

    private final Context context;

    private WebhooksCommand(Context context) {
        this.context = context;
    }

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new WebhooksCommand(context));
    }

    /** What becomes of a delivery. */
    static final class Events {
        @Option(
                names = "--event-name",
                paramLabel = "CEL",
                description =
                        "Name of the event, such as \"'payment.' + event.type\" (default: the source's usual one).")
        private String name;

        @Option(names = "--event-data", paramLabel = "CEL", description = "Data of the event (default: the body).")
        private String data;

        @Option(names = "--event-scope", paramLabel = "CEL", description = "Scope of the event (default: none).")
        private String scope;
    }

    /** How deliveries prove who sent them, where the source does not say so. */
    static final class Proof {
        @Option(names = "--header", paramLabel = "NAME", description = "Of HMAC and API_KEY.")
        private String header;

        @Option(names = "--prefix", paramLabel = "TEXT", description = "Of HMAC: what stands before the signature.")
        private String prefix;

        @Option(names = "--algorithm", description = "Of HMAC: ${COMPLETION-CANDIDATES}.")
        private SignatureAlgorithm algorithm;

        @Option(names = "--encoding", description = "Of HMAC: ${COMPLETION-CANDIDATES}.")
        private SignatureEncoding encoding;

        @Option(names = "--timestamp-header", paramLabel = "NAME", description = "Of HMAC: the second of signing.")
        private String timestampHeader;

        @Option(names = "--id-header", paramLabel = "NAME", description = "Of HMAC: what names a delivery.")
        private String idHeader;

        @Option(names = "--user", paramLabel = "NAME", description = "Of BASIC.")
        private String user;
    }

    @Command(name = "list", description = "List webhooks, by name.")
    int list(@Mixin ControlPlaneOptions controlPlane, @Mixin OutputOption output) {
        try (var client = controlPlane.connect(context)) {
            var api = new WebhooksApi(client);
            print(output, Pages.all(cursor -> {
                var page = api.listWebhooks(options -> options.cursor(cursor).limit(PAGE));
                return new Pages.Page<>(page.getItems(), page.getNextCursor());
            }));
        }
        return ExitCode.OK;
    }

    @Command(
            name = "create",
            description = "Make an address for the deliveries of a source.",
            footer = {"", "Example: millrace webhooks create payments STRIPE --secret-file stripe.txt"})
    int create(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "NAME", description = "What it is called.") String name,
            @Parameters(paramLabel = "SOURCE", description = "Who delivers: ${COMPLETION-CANDIDATES}.")
                    WebhookSource source,
            @Option(
                            names = "--secret-file",
                            required = true,
                            paramLabel = "FILE",
                            description = "File with the secret; - for standard input.")
                    String secretFile,
            @Option(names = "--rate", paramLabel = "N", description = "Deliveries a minute, at most (default: 6000).")
                    Integer rate,
            @ArgGroup(exclusive = false, heading = "What becomes of a delivery:%n") Events events,
            @ArgGroup(exclusive = false, heading = "How it proves who sent it:%n") Proof proof) {
        var wish = new CreateWebhook()
                .name(name)
                .source(source)
                .secrets(secrets(secretFile))
                .ratePerMinute(rate);
        if (events != null) {
            wish.eventName(events.name).eventData(events.data).eventScope(events.scope);
        }
        if (proof != null) {
            wish.header(proof.header)
                    .prefix(proof.prefix)
                    .algorithm(proof.algorithm)
                    .encoding(proof.encoding)
                    .timestampHeader(proof.timestampHeader)
                    .idHeader(proof.idHeader)
                    .user(proof.user);
        }
        try (var client = controlPlane.connect(context)) {
            print(output, List.of(new WebhooksApi(client).createWebhook(wish)));
            return ExitCode.OK;
        }
    }

    @Command(name = "failures", description = "Show why the last deliveries were refused; their senders are not told.")
    int failures(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "WEBHOOK", description = "Id of the webhook.") UUID webhook) {
        try (var client = controlPlane.connect(context)) {
            var failures = new WebhooksApi(client).listWebhookFailures(webhook).getItems();
            var out = context.terminal().out();
            if (output.isJson()) {
                out.println(Json.write(failures));
                return ExitCode.OK;
            }
            var table = new Table("AT", "CODE", "WHY");
            failures.forEach(failure -> table.row(failure.getAt().toString(), failure.getCode(), failure.getMessage()));
            table.lines(context.terminal().outStyle()).forEach(out::println);
            return ExitCode.OK;
        }
    }

    @Command(name = "enable", description = "Take deliveries in again.")
    int enable(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "WEBHOOK", description = "Id of the webhook.") UUID webhook) {
        return change(controlPlane, output, webhook, switched(true));
    }

    @Command(name = "disable", description = "Answer deliveries as if there were no such address.")
    int disable(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "WEBHOOK", description = "Id of the webhook.") UUID webhook) {
        return change(controlPlane, output, webhook, switched(false));
    }

    @Command(
            name = "rotate",
            description = {
                "Replace the secret.",
                "First with a file of two lines, the new secret and the old one: both count. Then, when the source signs with the"
                        + " new one, with a file of the new one alone."
            })
    int rotate(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "WEBHOOK", description = "Id of the webhook.") UUID webhook,
            @Option(
                            names = "--secret-file",
                            required = true,
                            paramLabel = "FILE",
                            description = "File with one secret or two, each on a line; - for standard input.")
                    String secretFile) {
        return change(controlPlane, output, webhook, new ChangeWebhook().secrets(secrets(secretFile)));
    }

    /** A list that is not set is an empty one, and would be sent as such: no secrets at all. */
    private static ChangeWebhook switched(boolean on) {
        return new ChangeWebhook().secrets(null).enabled(on);
    }

    private int change(ControlPlaneOptions controlPlane, OutputOption output, UUID webhook, ChangeWebhook change) {
        try (var client = controlPlane.connect(context)) {
            print(output, List.of(new WebhooksApi(client).changeWebhook(webhook, change)));
            return ExitCode.OK;
        }
    }

    @Command(name = "delete", description = "Delete a webhook: its address is nothing from then on.")
    int delete(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "WEBHOOK", description = "Id of the webhook.") UUID webhook,
            @Option(names = "--yes", description = "Yes, delete it: the source must be told another address.")
                    boolean yes) {
        if (!yes) {
            throw new ParameterException(
                    spec().commandLine(),
                    "Deliveries to this address will be refused and cannot be had back. Add --yes to delete it, or use"
                            + " \"disable\".");
        }
        try (var client = controlPlane.connect(context)) {
            new WebhooksApi(client).deleteWebhook(webhook);
            return ExitCode.OK;
        }
    }

    private static List<String> secrets(String file) {
        List<String> secrets;
        try {
            var text = file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
            secrets = text.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "The file " + file + " cannot be read: " + e + ".", e);
        }
        if (secrets.isEmpty() || secrets.size() > MOST_SECRETS) {
            throw new CliException(
                    ExitCode.USAGE,
                    "The file " + file + " has " + secrets.size()
                            + " lines that are not empty; a webhook has one secret,"
                            + " or two while a new one takes over from an old one.");
        }
        return secrets;
    }

    private void print(OutputOption output, List<Webhook> webhooks) {
        var out = context.terminal().out();
        if (output.isJson()) {
            out.println(Json.write(webhooks));
            return;
        }
        var table = new Table("WEBHOOK", "NAME", "SOURCE", "PATH", "EVENT", ">SECRETS", "ENABLED");
        webhooks.forEach(webhook -> table.row(
                webhook.getWebhookId().toString(),
                webhook.getName(),
                webhook.getSource().toString(),
                webhook.getPath(),
                webhook.getEventName(),
                webhook.getSecrets().toString(),
                webhook.getEnabled() ? "yes" : "no"));
        table.lines(context.terminal().outStyle()).forEach(out::println);
    }
}
