package dev.millrace.controlplane.tenancy;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import java.time.Instant;
import java.util.Set;

/**
 * Who asks: the service behind a valid token. Made by authentication alone.
 *
 * @param tenantName for people
 * @param serviceName for people
 * @param tokenId the token that was presented, for the audit
 * @param permissions what it may do, by itself and by its roles
 * @param expiresAt when the token stops to be valid
 */
public record Principal(
        TenantId tenant,
        String tenantName,
        ServiceId service,
        String serviceName,
        String tokenId,
        Set<Permission> permissions,
        Set<Role> roles,
        Instant expiresAt) {

    public Principal {
        permissions = Set.copyOf(permissions);
        roles = Set.copyOf(roles);
    }

    /** Who has no role. */
    public Principal(
            TenantId tenant,
            String tenantName,
            ServiceId service,
            String serviceName,
            String tokenId,
            Set<Permission> permissions,
            Instant expiresAt) {
        this(tenant, tenantName, service, serviceName, tokenId, permissions, Set.of(), expiresAt);
    }

    /** Whether it may give a role away, which may allow more one day than it does now. */
    boolean mayGive(Role role) {
        return roles.contains(role) || roles.contains(Role.ADMIN);
    }

    /** Who it is, for people. */
    public String described() {
        return "token " + tokenId + " of service " + serviceName;
    }

    /** Whether the token carries what the operation needs. */
    public boolean has(Permission needed) {
        return needed == Permission.AUTHENTICATED || needed == Permission.PUBLIC || permissions.contains(needed);
    }

    /**
     * Refuses when the token does not carry what the operation needs.
     *
     * @throws ApiException with {@link ErrorCode#PERMISSION_DENIED}
     */
    void require(Permission needed) {
        if (!has(needed)) {
            throw new ApiException(
                    ErrorCode.PERMISSION_DENIED,
                    "Token " + tokenId + " of service " + serviceName + " does not carry the permission "
                            + needed.wireName() + ". Use a token that does, or create one.");
        }
    }
}
