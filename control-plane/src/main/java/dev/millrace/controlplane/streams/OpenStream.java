package dev.millrace.controlplane.streams;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.tenancy.Principal;
import java.time.Duration;

/** A gRPC stream that is open, as {@link Streams} sees it. */
public interface OpenStream {
    /** Who opened it. */
    Principal principal();

    /** About a second has passed. */
    void tick();

    /** The instance goes away: the client is asked to go elsewhere after a random time up to this. */
    void drain(Duration reconnectAfter);

    /** Ends it now, for a reason that the client is told. */
    void close(ApiException why);
}
