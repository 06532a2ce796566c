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
import dev.millrace.rest.model.ShownState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

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

    /** Shorter than requests may take on their way. */
    private static final int LONGEST_REQUEST_SECONDS = 10;

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

    /** What the run answers, as JSON; empty if it does not in time. */
    Optional<byte[]> request(UUID run, String name, Object data, Duration limit, String requestId) {
        var json = codec.write(data, TypeRef.of(data.getClass()));
        var signal = new SendSignal()
                .data(new RawJson(new String(json, StandardCharsets.UTF_8)))
                .requestId(requestId);
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            long left = Math.max(0, end - System.nanoTime());
            int seconds = (int) Math.min(LONGEST_REQUEST_SECONDS, TimeUnit.NANOSECONDS.toSeconds(left) + 1);
            var answer = new Insisting(answerTimeout)
                    .on(
                            () -> new WaitsApi(controlPlane.rest())
                                    .sendRequest(run, name, signal, options -> options.waitSeconds(seconds)),
                            "The thread was interrupted while it waited for an answer to '" + name + "'.");
            if (answer.getAnswered()) {
                return Optional.of(answer.getAnswer().text().getBytes(StandardCharsets.UTF_8));
            }
            if (System.nanoTime() - end >= 0) {
                return Optional.empty();
            }
        }
    }

    /** What the steps of a run show of themselves. */
    List<ShownState> shown(UUID run) {
        try {
            return new WaitsApi(controlPlane.rest()).getRunState(run).getItems();
        } catch (RestException | RestUnavailableException e) {
            throw ControlPlane.translated(e);
        }
    }

    <T> T read(ShownState shown, Class<T> type) {
        return codec.read(shown.getState().text().getBytes(StandardCharsets.UTF_8), TypeRef.of(type));
    }

    RunState state(UUID run) {
        try {
            return new RunsApi(controlPlane.rest()).getRun(run).getState();
        } catch (RestException | RestUnavailableException e) {
            throw ControlPlane.translated(e);
        }
    }
}
