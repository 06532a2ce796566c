package dev.millrace.client;

import dev.millrace.TypeRef;
import dev.millrace.codec.Codec;
import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.UnavailableException;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.WaitsApi;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.SendSignal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * What clients and handles share.
 *
 * @param callbacks where what depends on an answer runs; never the thread that reads the stream
 */
record RunAccess(
        ControlPlane controlPlane,
        RunStream stream,
        Codec codec,
        Executor callbacks,
        Duration answerTimeout,
        Duration resultTimeout) {

    /** The control plane has not answered in time. */
    UnavailableException silent(String consequence) {
        return new UnavailableException("The control plane at " + controlPlane.url() + " has not answered within "
                + answerTimeout.toMillis() + " ms. " + consequence);
    }

    /** Whether the run did not have the signal before. */
    boolean signal(UUID run, String name, Object data, String requestId) {
        var json = codec.write(data, TypeRef.of(data.getClass()));
        var signal = new SendSignal()
                .data(new RawJson(new String(json, StandardCharsets.UTF_8)))
                .requestId(requestId);
        return !new Insisting(answerTimeout)
                .on(
                        () -> new WaitsApi(controlPlane.rest()).sendSignal(run, name, signal),
                        "The thread was interrupted while it waited to send signal '" + name
                                + "' again; it may be stored.")
                .getDuplicate();
    }

    RunState state(UUID run) {
        try {
            return new RunsApi(controlPlane.rest()).getRun(run).getState();
        } catch (RestException | RestUnavailableException e) {
            throw ControlPlane.translated(e);
        }
    }
}
