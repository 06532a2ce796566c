package dev.millrace.cli.approvals;

import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.Pages;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.cli.triggers.JsonInput;
import dev.millrace.rest.ApprovalsApi;
import dev.millrace.rest.model.AnswerApproval;
import dev.millrace.rest.model.ApprovalView;
import dev.millrace.rest.model.ByWhom;
import dev.millrace.rest.model.EscalateApproval;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The group of commands about what runs ask people. */
@Command(name = "approvals", description = "List and answer what runs ask people.")
public final class ApprovalsCommand extends CommandGroup {
    private static final int PAGE = 200;

    private final Context context;

    private ApprovalsCommand(Context context) {
        this.context = context;
    }

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new ApprovalsCommand(context));
    }

    @Command(name = "list", description = "List what is open, the soonest to be over first.")
    int list(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Option(names = "--role", paramLabel = "ROLE", description = "Only what is asked of this role.")
                    String role) {
        try (var client = controlPlane.connect(context)) {
            var api = new ApprovalsApi(client);
            print(output, Pages.all(cursor -> {
                var page = api.listApprovals(
                        options -> options.role(role).cursor(cursor).limit(PAGE));
                return new Pages.Page<>(page.getItems(), page.getNextCursor());
            }));
        }
        return ExitCode.OK;
    }

    @Command(name = "claim", description = "Take one on, so that nobody else answers it.")
    int claim(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "APPROVAL", description = "Id of the approval.") String approval,
            @Option(names = "--by", paramLabel = "NAME", description = "Who takes it on.") String by) {
        return on(controlPlane, output, api -> api.claimApproval(approval, new ByWhom().by(by)));
    }

    @Command(name = "release", description = "Give one back that was taken on.")
    int release(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "APPROVAL", description = "Id of the approval.") String approval) {
        return on(controlPlane, output, api -> api.releaseApproval(approval));
    }

    @Command(
            name = "answer",
            description = "Answer one; the first answer counts.",
            footer = {"", "Example: millrace approvals answer APPROVAL --answer '{\"accepted\": true}' --by ada"})
    int answer(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "APPROVAL", description = "Id of the approval.") String approval,
            @Option(names = "--answer", paramLabel = "JSON", description = "The answer, as the schema has it.")
                    String answer,
            @Option(names = "--file", paramLabel = "FILE", description = "The same from a file; - for standard input.")
                    String file,
            @Option(names = "--by", paramLabel = "NAME", description = "Who answers.") String by) {
        if ((answer == null) == (file == null)) {
            throw new ParameterException(spec().commandLine(), "Give the answer as --answer JSON or as --file FILE.");
        }
        var json = answer != null ? JsonInput.text(answer) : JsonInput.file(file);
        return on(
                controlPlane,
                output,
                api -> api.answerApproval(
                        approval, new AnswerApproval().answer(json).by(by)));
    }

    @Command(name = "escalate", description = "Hand one to another role.")
    int escalate(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "APPROVAL", description = "Id of the approval.") String approval,
            @Parameters(paramLabel = "ROLE", description = "Who is to answer now.") String role,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "escalated on the command line",
                            description = "For whoever reads the audit later (default: \"${DEFAULT-VALUE}\").")
                    String reason) {
        return on(
                controlPlane,
                output,
                api -> api.escalateApproval(
                        approval, new EscalateApproval().role(role).reason(reason)));
    }

    @Command(name = "expire", description = "Let the run go on without an answer.")
    int expire(
            @Mixin ControlPlaneOptions controlPlane,
            @Mixin OutputOption output,
            @Parameters(paramLabel = "APPROVAL", description = "Id of the approval.") String approval,
            @Option(names = "--by", paramLabel = "NAME", description = "Who says so.") String by) {
        return on(controlPlane, output, api -> api.expireApproval(approval, new ByWhom().by(by)));
    }

    private int on(
            ControlPlaneOptions controlPlane, OutputOption output, Function<ApprovalsApi, ApprovalView> request) {
        try (var client = controlPlane.connect(context)) {
            print(output, List.of(request.apply(new ApprovalsApi(client))));
            return ExitCode.OK;
        }
    }

    private void print(OutputOption output, List<ApprovalView> approvals) {
        var out = context.terminal().out();
        if (output.isJson()) {
            out.println(Json.write(approvals));
            return;
        }
        var table = new Table("APPROVAL", "ROLE", "TITLE", "WORKFLOW", "RUN", "UNTIL", "CLAIMED BY");
        for (var approval : approvals) {
            table.row(
                    approval.getApprovalId(),
                    approval.getRole(),
                    approval.getTitle() == null ? "" : approval.getTitle(),
                    approval.getWorkflow(),
                    approval.getRunId().toString(),
                    approval.getExpiresAt().toString(),
                    approval.getClaimedBy() == null ? "" : approval.getClaimedBy());
        }
        table.lines(context.terminal().outStyle()).forEach(out::println);
    }
}
