package dev.millrace.connection;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the gRPC services are.
 *
 * @param host empty for the host of the REST API
 * @param port 1 to 65535
 */
record GrpcAddress(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:https?://)?(\\[[0-9A-Fa-f:.]+]|[^:/\\s\\[\\]]*):(\\d{1,5})/?");

    /** Reads {@code host:port} or {@code :port}; empty if it is neither. */
    static Optional<GrpcAddress> parse(String text) {
        var matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int port = Integer.parseInt(matcher.group(2));
        return port >= 1 && port <= 65_535 ? Optional.of(new GrpcAddress(matcher.group(1), port)) : Optional.empty();
    }

    /** With the host filled in. */
    GrpcAddress or(String restHost) {
        return host.isEmpty() ? new GrpcAddress(restHost, port) : this;
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
