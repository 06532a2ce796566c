package dev.millrace.controlplane.limits;

import dev.millrace.controlplane.api.LimitsApi;
import dev.millrace.controlplane.api.model.Limit;
import dev.millrace.controlplane.api.model.LimitList;
import dev.millrace.controlplane.api.model.LimitUsage;
import dev.millrace.controlplane.api.model.LimitValue;
import dev.millrace.controlplane.api.model.PausedWorkflow;
import dev.millrace.controlplane.api.model.SetLimit;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.limits.SettingRows.LimitKind;
import dev.millrace.controlplane.limits.SettingRows.LimitSetting;
import dev.millrace.controlplane.limits.SettingRows.Pausable;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.rest.BoundedDuration;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.LimitStatus;
import dev.millrace.manifest.Durations;
import dev.millrace.manifest.RateLimitSpec;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Limits and paused workflows over REST. */
@Controller
class LimitsController implements LimitsApi {
    private static final Duration SHORTEST_PERIOD = Duration.ofMillis(1);
    private static final Duration LONGEST_PERIOD = Duration.ofDays(366);

    /** As for rate limits of manifests. */
    private static final long MOST_TOKENS = 1_000_000_000;

    private final Caller caller;
    private final RunTimeSettings settings;
    private final Workflows workflows;
    private final Answers answers;

    LimitsController(Caller caller, RunTimeSettings settings, Workflows workflows, Answers answers) {
        this.caller = caller;
        this.settings = settings;
        this.workflows = workflows;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.LIMITS_READ)
    public Mono<HttpResponse<LimitList>> listLimits() {
        return answers.of(settings.limits(caller.principal().tenant()))
                .map(limits -> HttpResponse.ok(new LimitList(
                        limits.stream().map(LimitsController::view).toList())));
    }

    @Override
    @RequiresPermission(Permission.LIMITS_WRITE)
    public Mono<HttpResponse<Void>> setLimit(SetLimit wish) {
        var by = caller.principal();
        var setting = setting(wish);
        return answers.blocking(() -> {
            settings.set(by, setting);
            return HttpResponse.noContent();
        });
    }

    private static LimitSetting setting(SetLimit wish) {
        return switch (wish.getKind()) {
            case CONCURRENCY -> {
                if (wish.getPer() != null || wish.getBurst() != null) {
                    throw new ApiException(
                            ErrorCode.FIELD_INVALID,
                            "$.per and $.burst belong to rate limits; a concurrency limit has $.limit alone.",
                            "$.per");
                }
                if (wish.getLimit() > Integer.MAX_VALUE) {
                    throw tooMuch("$.limit", wish.getLimit(), Integer.MAX_VALUE);
                }
                yield new LimitSetting(LimitKind.CONCURRENCY, wish.getName(), wish.getLimit(), Duration.ZERO, 0);
            }
            case RATE -> rate(wish);
        };
    }

    private static LimitSetting rate(SetLimit wish) {
        if (wish.getPer() == null) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID, "$.per is missing: say in what time so many tokens flow in.", "$.per");
        }
        long burst = wish.getBurst() == null ? wish.getLimit() : wish.getBurst();
        if (wish.getLimit() > MOST_TOKENS || burst > MOST_TOKENS) {
            throw tooMuch("$.limit", Math.max(wish.getLimit(), burst), MOST_TOKENS);
        }
        return new LimitSetting(
                LimitKind.RATE,
                wish.getName(),
                wish.getLimit(),
                BoundedDuration.parse(wish.getPer(), "$.per", SHORTEST_PERIOD, LONGEST_PERIOD),
                burst);
    }

    private static ApiException tooMuch(String path, long value, long most) {
        return new ApiException(ErrorCode.FIELD_INVALID, path + " is " + value + "; it may be " + most + ".", path);
    }

    @Override
    @RequiresPermission(Permission.LIMITS_WRITE)
    public Mono<HttpResponse<Void>> resetConcurrencyLimit(String name) {
        return reset(LimitKind.CONCURRENCY, name);
    }

    @Override
    @RequiresPermission(Permission.LIMITS_WRITE)
    public Mono<HttpResponse<Void>> resetRateLimit(String name) {
        return reset(LimitKind.RATE, name);
    }

    private Mono<HttpResponse<Void>> reset(LimitKind kind, String name) {
        var by = caller.principal();
        return answers.blocking(() -> {
            settings.reset(by, kind, name);
            return HttpResponse.noContent();
        });
    }

    @Override
    @RequiresPermission(Permission.LIMITS_WRITE)
    public Mono<HttpResponse<PausedWorkflow>> pauseWorkflow(String workflow) {
        var by = caller.principal();
        return existing(by, workflow)
                .flatMap(name -> answers.blocking(() -> {
                    settings.pause(by, Pausable.WORKFLOW, name);
                    return HttpResponse.ok(new PausedWorkflow(name, true));
                }));
    }

    @Override
    @RequiresPermission(Permission.LIMITS_WRITE)
    public Mono<HttpResponse<PausedWorkflow>> resumeWorkflow(String workflow) {
        var by = caller.principal();
        return existing(by, workflow)
                .flatMap(name -> answers.blocking(() -> {
                    settings.resume(by, Pausable.WORKFLOW, name);
                    return HttpResponse.ok(new PausedWorkflow(name, false));
                }));
    }

    private Mono<String> existing(Principal by, String workflow) {
        return answers.of(workflows.find(by, workflow, "", ""))
                .map(version -> version.ref().workflow());
    }

    // ---- views ----

    private static Limit view(LimitStatus status) {
        var keys = status.keys().stream().map(LimitsController::view).toList();
        if (status instanceof LimitStatus.Concurrency limit) {
            var view = new Limit(dev.millrace.controlplane.api.model.LimitKind.CONCURRENCY, limit.name(), keys);
            if (limit.declared() > 0) {
                view.setDeclared(new LimitValue((long) limit.declared()));
            }
            if (limit.limit() > 0) {
                view.setEffective(new LimitValue((long) limit.limit()));
            }
            return view;
        }
        var rate = (LimitStatus.Rate) status;
        var view = new Limit(dev.millrace.controlplane.api.model.LimitKind.RATE, rate.name(), keys);
        rate.declared().ifPresent(spec -> view.setDeclared(view(spec)));
        rate.effective().ifPresent(spec -> view.setEffective(view(spec)));
        return view;
    }

    private static LimitValue view(RateLimitSpec spec) {
        var value = new LimitValue(spec.limit());
        value.setPer(Durations.format(spec.period()));
        value.setBurst(spec.burst());
        return value;
    }

    private static LimitUsage view(LimitStatus.Usage usage) {
        var view = new LimitUsage(usage.taken(), usage.waiting());
        if (!usage.key().isEmpty()) {
            view.setKey(usage.key());
        }
        return view;
    }
}
