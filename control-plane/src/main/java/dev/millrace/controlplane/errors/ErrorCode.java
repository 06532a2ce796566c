package dev.millrace.controlplane.errors;

import io.grpc.Status;

/** The stable codes of what the doors refuse, each with the status it travels under. */
public enum ErrorCode {
    INVALID_JSON(400, Status.Code.INVALID_ARGUMENT),
    DUPLICATE_KEY(400, Status.Code.INVALID_ARGUMENT),
    TOO_DEEP(400, Status.Code.INVALID_ARGUMENT),
    NUMBER_OUT_OF_RANGE(400, Status.Code.INVALID_ARGUMENT),
    UNSUPPORTED_CHARACTER(400, Status.Code.INVALID_ARGUMENT),
    KEY_TOO_LONG(400, Status.Code.INVALID_ARGUMENT),
    /** A member of a JSON object that the operation does not know. */
    UNKNOWN_FIELD(400, Status.Code.INVALID_ARGUMENT),
    /** A member of the body, or a field of a message, with a value that it cannot have. */
    FIELD_INVALID(400, Status.Code.INVALID_ARGUMENT),
    /** A parameter in the path or the query with a value that it cannot have. */
    PARAM_INVALID(400, Status.Code.INVALID_ARGUMENT),
    PARAM_UNKNOWN(400, Status.Code.INVALID_ARGUMENT),
    DURATION_INVALID(400, Status.Code.INVALID_ARGUMENT),
    /** An expression that is no CEL, or names what there is not; the sentence has the columns. */
    EXPRESSION_INVALID(400, Status.Code.INVALID_ARGUMENT),
    CRON_INVALID(400, Status.Code.INVALID_ARGUMENT),
    CRON_NEVER_FIRES(400, Status.Code.INVALID_ARGUMENT),
    /** No IANA time zone. */
    ZONE_UNKNOWN(400, Status.Code.INVALID_ARGUMENT),
    MANIFEST_INVALID(400, Status.Code.INVALID_ARGUMENT),
    /** A worker or client broke the protocol of its stream. */
    PROTOCOL_VIOLATION(400, Status.Code.INVALID_ARGUMENT),
    BAD_REQUEST(400, Status.Code.INVALID_ARGUMENT),

    UNAUTHENTICATED(401, Status.Code.UNAUTHENTICATED),
    PERMISSION_DENIED(403, Status.Code.PERMISSION_DENIED),
    NOT_OWNER(403, Status.Code.PERMISSION_DENIED),

    NOT_FOUND(404, Status.Code.NOT_FOUND),
    WORKFLOW_NOT_FOUND(404, Status.Code.NOT_FOUND),
    VERSION_NOT_FOUND(404, Status.Code.NOT_FOUND),
    RUN_NOT_FOUND(404, Status.Code.NOT_FOUND),
    STEP_NOT_FOUND(404, Status.Code.NOT_FOUND),
    TASK_NOT_FOUND(404, Status.Code.NOT_FOUND),
    CHECKPOINT_NOT_FOUND(404, Status.Code.NOT_FOUND),
    APPROVAL_NOT_FOUND(404, Status.Code.NOT_FOUND),
    /** The run's workflow has no budget of this name. */
    BUDGET_NOT_FOUND(404, Status.Code.NOT_FOUND),
    EVENT_NOT_FOUND(404, Status.Code.NOT_FOUND),
    EVENT_SCHEMA_NOT_FOUND(404, Status.Code.NOT_FOUND),
    FILTER_NOT_FOUND(404, Status.Code.NOT_FOUND),
    SCHEDULE_NOT_FOUND(404, Status.Code.NOT_FOUND),
    WEBHOOK_NOT_FOUND(404, Status.Code.NOT_FOUND),
    /** Nothing is set for a limit of this name. */
    LIMIT_NOT_FOUND(404, Status.Code.NOT_FOUND),
    WORKER_NOT_FOUND(404, Status.Code.NOT_FOUND),
    SERVICE_NOT_FOUND(404, Status.Code.NOT_FOUND),
    TOKEN_NOT_FOUND(404, Status.Code.NOT_FOUND),

    METHOD_NOT_ALLOWED(405, Status.Code.UNIMPLEMENTED),
    NOT_ACCEPTABLE(406, Status.Code.INVALID_ARGUMENT),

    IDEMPOTENCY_CONFLICT(409, Status.Code.ALREADY_EXISTS),
    /** The request id names an earlier request with other items. */
    REQUEST_CONFLICT(409, Status.Code.ALREADY_EXISTS),
    RUN_FINISHED(409, Status.Code.FAILED_PRECONDITION),
    /** Somebody else has taken the approval on. */
    APPROVAL_TAKEN(409, Status.Code.FAILED_PRECONDITION),
    /** The approval was answered before, or its time is up. */
    APPROVAL_OVER(409, Status.Code.FAILED_PRECONDITION),
    /** The run may use as much already, or cannot go on without more. */
    BUDGET_NOT_RAISED(409, Status.Code.FAILED_PRECONDITION),
    /** The run's workflow has no step that could wait for a signal. */
    SIGNAL_NOT_EXPECTED(409, Status.Code.FAILED_PRECONDITION),
    RUN_NOT_FINISHED(409, Status.Code.FAILED_PRECONDITION),
    /** The generation that was to be replayed is not the newest any more. */
    RUN_REPLAYED(409, Status.Code.FAILED_PRECONDITION),
    /** Every step of the run succeeded. */
    NOTHING_TO_REPLAY(409, Status.Code.FAILED_PRECONDITION),
    /** What a step stored before a checkpoint does not go with what the replay asks for. */
    CHECKPOINT_NOT_KEPT(409, Status.Code.FAILED_PRECONDITION),
    /** The attempt is not the worker's any more, or a newer one has taken its place. */
    STALE_ATTEMPT(409, Status.Code.FAILED_PRECONDITION),
    TASK_FINISHED(409, Status.Code.FAILED_PRECONDITION),
    /** The task's parents are not done yet, so there is nothing to decide about it. */
    TASK_PENDING(409, Status.Code.FAILED_PRECONDITION),
    /** What a manifest says is changed by another version of the workflow; it can be switched off. */
    FROM_MANIFEST(409, Status.Code.FAILED_PRECONDITION),
    SCHEDULE_EXISTS(409, Status.Code.ALREADY_EXISTS),
    WEBHOOK_EXISTS(409, Status.Code.ALREADY_EXISTS),
    /** Another workflow says something else of a limit with the same name. */
    LIMIT_CONFLICT(409, Status.Code.FAILED_PRECONDITION),
    SERVICE_EXISTS(409, Status.Code.ALREADY_EXISTS),
    /** Another stream of the same worker took over. */
    REPLACED(409, Status.Code.ABORTED),

    MANIFEST_VERSION_UNSUPPORTED(412, Status.Code.FAILED_PRECONDITION),
    PROTOCOL_VERSION_UNSUPPORTED(412, Status.Code.FAILED_PRECONDITION),

    LENGTH_REQUIRED(411, Status.Code.INVALID_ARGUMENT),
    PAYLOAD_TOO_LARGE(413, Status.Code.RESOURCE_EXHAUSTED),
    MANIFEST_TOO_LARGE(413, Status.Code.RESOURCE_EXHAUSTED),
    METADATA_TOO_LARGE(413, Status.Code.RESOURCE_EXHAUSTED),

    UNSUPPORTED_MEDIA_TYPE(415, Status.Code.INVALID_ARGUMENT),
    /** A correct expression that has no value for what it is given. */
    EXPRESSION_FAILED(422, Status.Code.INVALID_ARGUMENT),
    SCHEMA_MISMATCH(422, Status.Code.INVALID_ARGUMENT),
    /** A result that is no list, or too long a one, although a mapped step takes it apart. */
    OUTPUT_INVALID(422, Status.Code.INVALID_ARGUMENT),

    /** The run keeps as many signals as it may that no step has taken. */
    SIGNAL_LIMIT(429, Status.Code.RESOURCE_EXHAUSTED),
    /** The workflow's throttle has let as many starts through as it may in this period; this one was dropped. */
    THROTTLED(429, Status.Code.RESOURCE_EXHAUSTED),
    /** As many runs wait in windows for further starts as may. */
    TOO_MANY_WINDOWS(429, Status.Code.RESOURCE_EXHAUSTED),
    /** The run's stream holds as much as it may. */
    STREAM_LIMIT(429, Status.Code.RESOURCE_EXHAUSTED),
    QUOTA_EXCEEDED(429, Status.Code.RESOURCE_EXHAUSTED),
    /** The engine is over its backlog: try again later. */
    OVERLOADED(429, Status.Code.RESOURCE_EXHAUSTED),

    /** A worker said nothing for so long that it counts as dead. */
    WORKER_SILENT(503, Status.Code.UNAVAILABLE),
    /** The server has no key for secrets, or not the one with which a secret was sealed. */
    SECRETS_KEY_MISSING(503, Status.Code.FAILED_PRECONDITION),
    /** Our fault; the sentence carries the number under which it is logged. */
    INTERNAL(500, Status.Code.INTERNAL),
    /** The shard's owner or the database cannot be asked right now. */
    UNAVAILABLE(503, Status.Code.UNAVAILABLE);

    private final int httpStatus;
    private final Status.Code grpcStatus;

    ErrorCode(int httpStatus, Status.Code grpcStatus) {
        this.httpStatus = httpStatus;
        this.grpcStatus = grpcStatus;
    }

    public int httpStatus() {
        return httpStatus;
    }

    public Status.Code grpcStatus() {
        return grpcStatus;
    }

    /** Whether the same request may succeed later, without a change to it. */
    public boolean isTemporary() {
        return this == QUOTA_EXCEEDED
                || this == TOO_MANY_WINDOWS
                || this == OVERLOADED
                || this == UNAVAILABLE
                || this == WORKER_SILENT;
    }

    /** The code with this name, which another room chose; {@link #INTERNAL} when there is none. */
    public static ErrorCode named(String name) {
        for (var code : values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return INTERNAL;
    }
}
