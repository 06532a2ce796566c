package dev.millrace.rest;

import dev.millrace.rest.model.Problem;
import java.util.Optional;

/**
 * The control plane answered a call with an error. {@link #code()} is stable and safe to branch on; the message is the
 * control plane's sentence. Sending the same call again helps only for {@code UNAVAILABLE} and for quotas.
 */
public final class RestException extends RuntimeException {
    private final int status;
    private final transient Optional<Problem> problem;
    private final String code;

    private RestException(String message, int status, String code, Optional<Problem> problem) {
        super(message);
        this.status = status;
        this.code = code;
        this.problem = problem;
    }

    static RestException of(RestCall call, Problem problem) {
        var message = call + " was refused: " + problem.getDetail() + " [" + problem.getCode() + "]";
        return new RestException(message, problem.getStatus(), problem.getCode(), Optional.of(problem));
    }

    /** An error that did not come from a control plane, or not whole: a proxy's page, a wrong address. */
    static RestException ofForeignAnswer(RestCall call, int status, String body) {
        var message =
                call + " was answered with HTTP status " + status + " by something that does not speak as a control"
                        + " plane does; check the address. The answer begins: " + body;
        return new RestException(message, status, "FOREIGN_ANSWER", Optional.empty());
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The stable code of the error, such as {@code RUN_NOT_FOUND}; {@code FOREIGN_ANSWER} if no control plane answered. */
    public String code() {
        return code;
    }

    /** The whole error as the control plane wrote it. */
    public Optional<Problem> problem() {
        return problem;
    }
}
