package dev.millrace.controlplane.tenancy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a token may allow. The names are public: they stand in tokens and in the REST contract. */
public enum Permission {
    WORKFLOWS_READ("workflows:read"),
    WORKFLOWS_REGISTER("workflows:register"),
    RUNS_READ("runs:read"),
    RUNS_START("runs:start"),
    RUNS_CANCEL("runs:cancel"),
    /** To send runs what their steps wait for. */
    RUNS_SIGNAL("runs:signal"),
    APPROVALS_READ("approvals:read"),
    /** To answer what runs ask people, and to say who is to answer. */
    APPROVALS_ANSWER("approvals:answer"),
    /** To decide by hand what became of a task. */
    RUNS_REPAIR("runs:repair"),
    /** To run again what has ended. */
    RUNS_REPLAY("runs:replay"),
    EVENTS_PUBLISH("events:publish"),
    EVENTS_READ("events:read"),
    TRIGGERS_READ("triggers:read"),
    /** To change what starts runs: filters, schedules, webhooks. */
    TRIGGERS_WRITE("triggers:write"),
    WORKER_CONNECT("worker:connect"),
    LIMITS_READ("limits:read"),
    /** To change limits, and to pause and resume workflows. */
    LIMITS_WRITE("limits:write"),
    WORKERS_READ("workers:read"),
    /** To pause and resume workers. */
    WORKERS_WRITE("workers:write"),
    SERVICES_READ("services:read"),
    SERVICES_WRITE("services:write"),
    TOKENS_WRITE("tokens:write"),

    /** Any valid token will do. No token carries it. */
    AUTHENTICATED("authenticated"),
    /** No token is needed. No token carries it. */
    PUBLIC("public");

    private final String wireName;

    Permission(String wireName) {
        this.wireName = wireName;
    }

    /** The name in tokens and in {@code x-millrace-permission}. */
    public String wireName() {
        return wireName;
    }

    /** Whether a token can carry it. */
    public boolean isGrantable() {
        return this != AUTHENTICATED && this != PUBLIC;
    }

    /** The permission that a token may carry under this name. */
    public static Optional<Permission> grantable(String wireName) {
        for (var permission : values()) {
            if (permission.isGrantable() && permission.wireName.equals(wireName)) {
                return Optional.of(permission);
            }
        }
        return Optional.empty();
    }

    /** The names of all permissions that a token may carry. */
    static List<String> grantableNames() {
        return Arrays.stream(values())
                .filter(Permission::isGrantable)
                .map(Permission::wireName)
                .toList();
    }
}
