package dev.millrace.cli.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.function.Consumer;

/** Ports of this machine, on its loopback address. */
public final class Ports {
    /** Stands for "any free one": whoever listens there chooses, so nobody can take it in between. */
    public static final int ANY = 0;

    private Ports() {}

    /**
     * The port if it is free, else {@link #ANY}.
     *
     * @param purpose what it is for, for the note
     * @param notes told when it is taken
     */
    public static int freeOrAny(int port, String purpose, Consumer<String> notes) {
        if (port == ANY || isFree(port)) {
            return port;
        }
        notes.accept("Port " + port + " for " + purpose + " is taken by another program; taking another one.");
        return ANY;
    }

    /** Whether nobody listens there now. */
    public static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            // A port whose last connections are still fading away is free for a server, which asks in the same way.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
