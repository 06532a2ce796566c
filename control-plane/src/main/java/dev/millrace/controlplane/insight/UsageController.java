package dev.millrace.controlplane.insight;

import dev.millrace.controlplane.api.UsageApi;
import dev.millrace.controlplane.api.model.UsageGrouping;
import dev.millrace.controlplane.api.model.UsageTotals;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** What a tenant's runs used, over REST. */
@Controller
class UsageController implements UsageApi {
    private static final Duration USUAL_SPAN = Duration.ofDays(1);
    /** Instants of a request beyond these are mistakes, and would not fit a database. */
    private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("2200-01-01T00:00:00Z");

    private final Caller caller;
    private final UsageSums sums;
    private final Clock clock;
    private final Answers answers;

    UsageController(Caller caller, UsageSums sums, Clock clock, Answers answers) {
        this.caller = caller;
        this.sums = sums;
        this.clock = clock;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<UsageTotals>> listUsage(
            Instant from, Instant to, UsageGrouping groupBy, String name, String workflow, Integer limit) {
        var tenant = caller.principal().tenant();
        var end = to == null ? clock.instant() : within(to, "to");
        var begin = from == null ? end.minus(USUAL_SPAN) : within(from, "from");
        if (begin.isAfter(end)) {
            throw new ApiException(
                    ErrorCode.PARAM_INVALID,
                    "Parameter from is " + begin + ", which is after " + end + ", the value of to.",
                    "from");
        }
        var wanted = new UsageSums.Wanted(
                begin.truncatedTo(ChronoUnit.HOURS),
                nextHour(end),
                groupBy == null ? UsageGrouping.NAME : groupBy,
                Optional.ofNullable(name),
                Optional.ofNullable(workflow),
                limit);
        return answers.blocking(() -> HttpResponse.ok(sums.of(tenant, wanted)));
    }

    private static Instant within(Instant instant, String parameter) {
        if (instant.isBefore(FIRST) || instant.isAfter(LAST)) {
            throw new ApiException(
                    ErrorCode.PARAM_INVALID,
                    "Parameter " + parameter + " is " + instant + "; it lies between " + FIRST + " and " + LAST + ".",
                    parameter);
        }
        return instant;
    }

    /** The end of the last hour that has something of the time before this instant. */
    private static Instant nextHour(Instant instant) {
        var hour = instant.truncatedTo(ChronoUnit.HOURS);
        return hour.equals(instant) ? hour : hour.plus(1, ChronoUnit.HOURS);
    }
}
