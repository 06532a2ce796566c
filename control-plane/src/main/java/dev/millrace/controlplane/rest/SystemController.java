package dev.millrace.controlplane.rest;

import dev.millrace.controlplane.api.SystemApi;
import dev.millrace.controlplane.api.model.Health;
import dev.millrace.controlplane.api.model.HealthStatus;
import dev.millrace.controlplane.api.model.WhoAmI;
import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.tenancy.Role;
import io.micronaut.grpc.server.GrpcEmbeddedServer;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import jakarta.inject.Provider;
import reactor.core.publisher.Mono;

/** Who am I, and is the control plane up. */
@Controller
class SystemController implements SystemApi {
    private final Caller caller;
    private final Readiness readiness;
    private final Provider<GrpcEmbeddedServer> grpc;
    private final Settings settings;

    SystemController(Caller caller, Readiness readiness, Provider<GrpcEmbeddedServer> grpc, Settings settings) {
        this.caller = caller;
        this.readiness = readiness;
        this.grpc = grpc;
        this.settings = settings;
    }

    @Override
    @RequiresPermission(Permission.AUTHENTICATED)
    public Mono<HttpResponse<WhoAmI>> whoAmI() {
        var who = caller.principal();
        var answer = new WhoAmI(
                who.tenantName(),
                who.serviceName(),
                who.tokenId(),
                who.permissions().stream().map(Permission::wireName).sorted().toList());
        answer.setRoles(who.roles().stream().map(Role::wireName).sorted().toList());
        answer.setGrpcAddress(
                settings.grpcAddress().orElseGet(() -> ":" + grpc.get().getPort()));
        return Mono.just(HttpResponse.ok(answer));
    }

    /** Depends on nothing, so that an outage of the database does not make every instance restart. */
    @Override
    @RequiresPermission(Permission.PUBLIC)
    public Mono<HttpResponse<Health>> live() {
        return Mono.just(HttpResponse.ok(new Health(HealthStatus.UP)));
    }

    @Override
    @RequiresPermission(Permission.PUBLIC)
    public Mono<HttpResponse<Health>> ready() {
        return readiness.reasonsAgainst().map(reasons -> {
            if (reasons.isEmpty()) {
                return HttpResponse.ok(new Health(HealthStatus.UP));
            }
            var health = new Health(HealthStatus.DOWN);
            health.setReasons(reasons);
            return HttpResponse.status(HttpStatus.SERVICE_UNAVAILABLE).body(health);
        });
    }
}
