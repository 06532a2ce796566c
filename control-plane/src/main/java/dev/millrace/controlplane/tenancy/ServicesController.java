package dev.millrace.controlplane.tenancy;

import dev.millrace.controlplane.api.ServicesApi;
import dev.millrace.controlplane.api.model.CreateService;
import dev.millrace.controlplane.api.model.CreateToken;
import dev.millrace.controlplane.api.model.CreatedToken;
import dev.millrace.controlplane.api.model.Service;
import dev.millrace.controlplane.api.model.ServicePage;
import dev.millrace.controlplane.api.model.Token;
import dev.millrace.controlplane.api.model.TokenList;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.rest.BoundedDuration;
import dev.millrace.controlplane.rest.Cursor;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/** Services and their tokens over REST. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
class ServicesController implements ServicesApi {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
    private static final Duration DEFAULT_LIFE = Duration.ofDays(90);
    private static final Duration MIN_LIFE = Duration.ofMinutes(1);
    private static final Duration MAX_LIFE = Duration.ofDays(366);

    private final Caller caller;
    private final ServiceRows services;
    private final TokenRows tokens;
    private final Credentials credentials;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    ServicesController(Caller caller, ServiceRows services, TokenRows tokens, Credentials credentials, Clock clock) {
        this.caller = caller;
        this.services = services;
        this.tokens = tokens;
        this.credentials = credentials;
        this.clock = clock;
    }

    @Override
    @RequiresPermission(Permission.SERVICES_READ)
    public Mono<HttpResponse<ServicePage>> listServices(String cursor, Integer limit) {
        var rows = services.list(caller.principal().tenant(), Cursor.text(cursor), limit + 1);
        List<Service> items = new ArrayList<>();
        rows.stream().limit(limit).forEach(row -> items.add(new Service(row.name(), row.createdAt())));
        var page = new ServicePage(items);
        if (rows.size() > limit) {
            page.setNextCursor(Cursor.of(rows.get(limit - 1).name()));
        }
        return Mono.just(HttpResponse.ok(page));
    }

    @Override
    @RequiresPermission(Permission.SERVICES_WRITE)
    public Mono<HttpResponse<Service>> createService(CreateService wish) {
        if (!NAME.matcher(wish.getName()).matches()) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    "$.name is \"" + wish.getName()
                            + "\"; the name of a service is lower-case letters, digits and dashes, such as billing-eu.",
                    "$.name");
        }
        var created = services.create(caller.principal(), wish.getName(), clock.instant());
        return Mono.just(HttpResponse.created(new Service(created.name(), created.createdAt())));
    }

    @Override
    @RequiresPermission(Permission.TOKENS_WRITE)
    public Mono<HttpResponse<TokenList>> listTokens(String service) {
        List<Token> items = new ArrayList<>();
        for (var row : tokens.list(caller.principal().tenant(), service)) {
            items.add(new Token(
                    row.id(),
                    row.name(),
                    row.permissions(),
                    row.roles(),
                    row.createdAt(),
                    row.expiresAt(),
                    row.revoked()));
        }
        return Mono.just(HttpResponse.ok(new TokenList(items)));
    }

    @Override
    @RequiresPermission(Permission.TOKENS_WRITE)
    public Mono<HttpResponse<CreatedToken>> createToken(String service, CreateToken wish) {
        var by = caller.principal();
        var life = wish.getExpiresIn() == null
                ? DEFAULT_LIFE
                : BoundedDuration.parse(wish.getExpiresIn(), "$.expiresIn", MIN_LIFE, MAX_LIFE);
        var now = clock.instant();
        var text = TokenText.random(random);
        var expiresAt = now.plus(life);
        var permissions = granted(by, wish);
        var roles = roles(by, wish);
        if (permissions.isEmpty() && roles.isEmpty()) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    "A token has permissions or roles, and this one has neither. Roles are "
                            + String.join(", ", Role.names()) + ".",
                    "$.roles");
        }
        tokens.create(by, service, new TokenRows.NewToken(text, wish.getName(), permissions, roles, now, expiresAt));
        return Mono.just(HttpResponse.created(new CreatedToken(text.id(), text.text(), expiresAt)));
    }

    @Override
    @RequiresPermission(Permission.TOKENS_WRITE)
    public Mono<HttpResponse<Void>> revokeToken(String service, String tokenId) {
        tokens.revoke(caller.principal(), service, tokenId, clock.instant());
        credentials.revoked(tokenId);
        return Mono.just(HttpResponse.noContent());
    }

    /** Nobody gives away more than they have. */
    private static Set<Permission> granted(Principal by, CreateToken wish) {
        var granted = EnumSet.noneOf(Permission.class);
        var wished = wish.getPermissions() == null ? List.<String>of() : wish.getPermissions();
        for (int i = 0; i < wished.size(); i++) {
            var name = wished.get(i);
            var path = "$.permissions[" + i + "]";
            var permission = Permission.grantable(name)
                    .orElseThrow(() -> new ApiException(
                            ErrorCode.FIELD_INVALID,
                            path + " is \"" + name + "\", which is no permission. There are "
                                    + String.join(", ", Permission.grantableNames()) + ".",
                            path));
            if (!by.has(permission)) {
                throw new ApiException(
                        ErrorCode.PERMISSION_DENIED,
                        path + " is " + name + ", which the token that you present does not carry itself.",
                        path);
            }
            granted.add(permission);
        }
        return granted;
    }

    /** A role may allow more one day, so only who has it gives it away. */
    private static Set<Role> roles(Principal by, CreateToken wish) {
        var roles = EnumSet.noneOf(Role.class);
        var wished = wish.getRoles() == null ? List.<String>of() : wish.getRoles();
        for (int i = 0; i < wished.size(); i++) {
            var name = wished.get(i);
            var path = "$.roles[" + i + "]";
            var role = Role.named(name)
                    .orElseThrow(() -> new ApiException(
                            ErrorCode.FIELD_INVALID,
                            path + " is \"" + name + "\", which is no role. There are "
                                    + String.join(", ", Role.names()) + ".",
                            path));
            if (!by.mayGive(role)) {
                throw new ApiException(
                        ErrorCode.PERMISSION_DENIED,
                        path + " is " + name + ", which the token that you present does not have itself.",
                        path);
            }
            roles.add(role);
        }
        return roles;
    }
}
