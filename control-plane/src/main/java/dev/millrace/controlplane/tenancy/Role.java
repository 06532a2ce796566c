package dev.millrace.controlplane.tenancy;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A name for permissions that belong together. A token that has a role may do what the role may do in the version of the server that it
 * is presented to: when something new can be allowed, the tokens of the role have it.
 */
public enum Role {
    /** Sees everything and changes nothing. */
    READER(reading()),
    /** Starts runs and publishes events, as an application does that uses workflows. */
    CLIENT(EnumSet.of(
            Permission.WORKFLOWS_READ,
            Permission.RUNS_READ,
            Permission.RUNS_START,
            Permission.RUNS_CANCEL,
            Permission.RUNS_SIGNAL,
            Permission.EVENTS_PUBLISH,
            Permission.EVENTS_READ)),
    /** Registers workflows and runs their steps, which may start runs themselves. */
    WORKER(EnumSet.of(
            Permission.WORKER_CONNECT,
            Permission.WORKFLOWS_READ,
            Permission.WORKFLOWS_REGISTER,
            Permission.RUNS_READ,
            Permission.RUNS_START,
            Permission.EVENTS_PUBLISH)),
    /** Keeps everything going: everything but to make services and tokens, to register workflows and to run steps. */
    OPERATOR(EnumSet.complementOf(EnumSet.of(
            Permission.SERVICES_WRITE,
            Permission.TOKENS_WRITE,
            Permission.WORKFLOWS_REGISTER,
            Permission.WORKER_CONNECT,
            Permission.AUTHENTICATED,
            Permission.PUBLIC))),
    /** May do everything. */
    ADMIN(EnumSet.complementOf(EnumSet.of(Permission.AUTHENTICATED, Permission.PUBLIC)));

    private final Set<Permission> permissions;

    Role(Set<Permission> permissions) {
        this.permissions = Collections.unmodifiableSet(permissions);
    }

    private static Set<Permission> reading() {
        var reading = EnumSet.allOf(Permission.class);
        reading.removeIf(permission -> !permission.wireName().endsWith(":read"));
        return reading;
    }

    /** What a token of this role may do. */
    public Set<Permission> permissions() {
        return permissions;
    }

    /** The name in tokens and in the REST contract. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of this name. */
    public static Optional<Role> named(String wireName) {
        return Arrays.stream(values())
                .filter(role -> role.wireName().equals(wireName))
                .findFirst();
    }

    /** The names of all roles. */
    static List<String> names() {
        return Arrays.stream(values()).map(Role::wireName).toList();
    }
}
