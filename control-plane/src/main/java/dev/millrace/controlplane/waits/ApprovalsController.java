package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.api.ApprovalsApi;
import dev.millrace.controlplane.api.model.AnswerApproval;
import dev.millrace.controlplane.api.model.ApprovalPage;
import dev.millrace.controlplane.api.model.ApprovalView;
import dev.millrace.controlplane.api.model.ByWhom;
import dev.millrace.controlplane.api.model.EscalateApproval;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.rest.Cursor;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.waits.Approvals.Noted;
import dev.millrace.controlplane.waits.Approvals.Place;
import dev.millrace.manifest.Json;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;

/** What runs ask people, over REST. */
@Controller
class ApprovalsController implements ApprovalsApi {
    private final Caller caller;
    private final Approvals approvals;
    private final Answers answers;

    ApprovalsController(Caller caller, Approvals approvals, Answers answers) {
        this.caller = caller;
        this.approvals = approvals;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.APPROVALS_READ)
    public Mono<HttpResponse<ApprovalPage>> listApprovals(String role, String cursor, Integer limit) {
        var after = Optional.ofNullable(cursor).map(ApprovalsController::place);
        return answers.of(approvals.list(caller.principal().tenant(), Optional.ofNullable(role), after, limit))
                .map(found -> {
                    var items = new ArrayList<ApprovalView>();
                    found.forEach(noted -> items.add(view(noted)));
                    var page = new ApprovalPage(items);
                    if (found.size() == limit) {
                        var last = Place.of(found.get(limit - 1).approval());
                        page.setNextCursor(Cursor.of(last.until() + " " + last.id()));
                    }
                    return HttpResponse.ok(page);
                });
    }

    private static Place place(String cursor) {
        var parts = Cursor.text(cursor).split(" ", 2);
        try {
            return new Place(Instant.parse(parts[0]), parts.length == 2 ? parts[1] : "");
        } catch (DateTimeParseException e) {
            throw Cursor.invalid(cursor);
        }
    }

    @Override
    @RequiresPermission(Permission.APPROVALS_READ)
    public Mono<HttpResponse<ApprovalView>> getApproval(String approvalId) {
        return answer(approvals.find(caller.principal().tenant(), approvalId));
    }

    @Override
    @RequiresPermission(Permission.APPROVALS_ANSWER)
    public Mono<HttpResponse<ApprovalView>> claimApproval(String approvalId, ByWhom wish) {
        var who = caller.principal();
        return answer(approvals.claim(who, approvalId, ByWhomText.of(who, wish.getBy())));
    }

    @Override
    @RequiresPermission(Permission.APPROVALS_ANSWER)
    public Mono<HttpResponse<ApprovalView>> releaseApproval(String approvalId) {
        return answer(approvals.release(caller.principal(), approvalId));
    }

    @Override
    @RequiresPermission(Permission.APPROVALS_ANSWER)
    public Mono<HttpResponse<ApprovalView>> answerApproval(String approvalId, AnswerApproval wish) {
        var who = caller.principal();
        return answer(approvals.answer(
                who,
                approvalId,
                ByWhomText.of(who, wish.getBy()),
                wish.getAnswer().bytes()));
    }

    @Override
    @RequiresPermission(Permission.APPROVALS_ANSWER)
    public Mono<HttpResponse<ApprovalView>> expireApproval(String approvalId, ByWhom wish) {
        var who = caller.principal();
        return answer(approvals.expire(who, approvalId, ByWhomText.of(who, wish.getBy())));
    }

    @Override
    @RequiresPermission(Permission.APPROVALS_ANSWER)
    public Mono<HttpResponse<ApprovalView>> escalateApproval(String approvalId, EscalateApproval wish) {
        return answer(approvals.escalate(caller.principal(), approvalId, wish.getRole(), wish.getReason()));
    }

    private Mono<HttpResponse<ApprovalView>> answer(CompletionStage<Noted> noted) {
        return answers.of(noted).map(found -> HttpResponse.ok(view(found)));
    }

    private static ApprovalView view(Noted noted) {
        var approval = noted.approval();
        var name = approval.asked().name();
        var view = new ApprovalView(
                approval.id(),
                name.run().value(),
                approval.asked().version().workflow(),
                noted.role(),
                RawJson.ofChecked(Json.write(approval.schema()).getBytes(StandardCharsets.UTF_8)),
                approval.asked().until());
        approval.title().ifPresent(view::setTitle);
        if (noted.note().isClaimed()) {
            view.setClaimedBy(noted.note().claimedBy());
            noted.note().claimedAt().ifPresent(view::setClaimedAt);
        }
        approval.budget().ifPresent(view::setBudget);
        if (!noted.role().equals(approval.role())) {
            view.setAskedRole(approval.role());
        }
        return view;
    }
}
