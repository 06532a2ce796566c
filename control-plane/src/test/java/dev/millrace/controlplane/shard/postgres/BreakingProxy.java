package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.contract.RandomOperationsContract.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a client and the database and breaks their connections when it is told to. Safe for use by several threads. */
final class BreakingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private Optional<Plan> plan = Optional.empty();

    /** What is to break, after how many bytes from now on, and how many connections. */
    private record Plan(Fault fault, long bytes, long left, int times) {}

    /** The two sides of one connection. */
    private record Link(Socket client, Socket server) {
        void cut() {
            for (var socket : new Socket[] {client, server}) {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** @param target port of the database on this machine */
    BreakingProxy(int target) {
        this.target = target;
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("proxy", this::listen);
    }

    int port() {
        return listener.getLocalPort();
    }

    synchronized void arm(Fault fault, long bytes, int times) {
        plan = Optional.of(new Plan(fault, bytes, bytes, times));
    }

    synchronized void disarm() {
        plan = Optional.empty();
    }

    /** Breaks every connection. */
    void cutAll() {
        links.forEach(Link::cut);
    }

    private void listen() {
        while (!listener.isClosed()) {
            try {
                var client = listener.accept();
                var link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
                link.client().setTcpNoDelay(true);
                link.server().setTcpNoDelay(true);
                links.add(link);
                start("proxy-requests", () -> pump(link, Fault.CUT_REQUEST));
                start("proxy-replies", () -> pump(link, Fault.LOST_REPLY));
            } catch (IOException e) {
                // Closed, or the client was gone again.
            }
        }
    }

    private static void start(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** @param concerned the fault that concerns this direction */
    private void pump(Link link, Fault concerned) {
        boolean toServer = concerned == Fault.CUT_REQUEST;
        try (InputStream in = (toServer ? link.client() : link.server()).getInputStream();
                OutputStream out = (toServer ? link.server() : link.client()).getOutputStream()) {
            byte[] buffer = new byte[8_192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                int passed = passed(concerned, read);
                out.write(buffer, 0, passed);
                if (passed < read) {
                    break;
                }
            }
        } catch (IOException e) {
            // One of the two is gone, and so is the other now.
        } finally {
            link.cut();
            links.remove(link);
        }
    }

    /** How many of these bytes get through. */
    private synchronized int passed(Fault direction, int bytes) {
        if (plan.isEmpty() || plan.get().fault() != direction) {
            return bytes;
        }
        var now = plan.get();
        if (bytes <= now.left()) {
            plan = Optional.of(new Plan(now.fault(), now.bytes(), now.left() - bytes, now.times()));
            return bytes;
        }
        plan = now.times() == 1
                ? Optional.empty()
                : Optional.of(new Plan(now.fault(), now.bytes(), now.bytes(), now.times() - 1));
        return (int) now.left();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cutAll();
    }
}
