package dev.millrace.client;

import dev.millrace.codec.Codec;
import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.UnavailableException;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.model.RunState;
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

    RunState state(UUID run) {
        try {
            return new RunsApi(controlPlane.rest()).getRun(run).getState();
        } catch (RestException | RestUnavailableException e) {
            throw ControlPlane.translated(e);
        }
    }
}
