package dev.millrace.controlplane.items;

import dev.millrace.controlplane.streams.Streams;
import dev.millrace.controlplane.tenancy.GrpcAccess;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.protocol.streams.v1.EmitFrame;
import dev.millrace.protocol.streams.v1.EmittedFrame;
import dev.millrace.protocol.streams.v1.FollowFrame;
import dev.millrace.protocol.streams.v1.ItemsFrame;
import dev.millrace.protocol.streams.v1.StreamsGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Where workers bring what their steps emit, and clients follow it. */
@Singleton
final class StreamsDoor extends StreamsGrpc.StreamsImplBase {
    private final Rooms rooms;
    private final ScheduledExecutorService timer;

    StreamsDoor(Admission admission, ItemWriter writer, ItemMeters meters, FollowerRooms followers, Streams streams) {
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "item-pace");
            thread.setDaemon(true);
            return thread;
        });
        this.rooms = new Rooms(admission, writer, meters, followers.rooms(), streams, timer);
    }

    /** The rooms that sessions talk to. */
    record Rooms(
            Admission admission,
            ItemWriter writer,
            ItemMeters meters,
            Following.Rooms following,
            Streams streams,
            ScheduledExecutorService timer) {

        /** Does something after a while; not at all when the server stops meanwhile. */
        void later(Duration wait, Runnable task) {
            try {
                timer.schedule(task, wait.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                // whoever waits for it asks again elsewhere
            }
        }
    }

    @Override
    @RequiresPermission(Permission.WORKER_CONNECT)
    public StreamObserver<EmitFrame> emit(StreamObserver<EmittedFrame> answers) {
        var session = new EmitSession(GrpcAccess.principal(), rooms, (ServerCallStreamObserver<EmittedFrame>) answers);
        session.open();
        return session;
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public StreamObserver<FollowFrame> follow(StreamObserver<ItemsFrame> answers) {
        var session = new FollowSession(GrpcAccess.principal(), rooms, (ServerCallStreamObserver<ItemsFrame>) answers);
        session.open();
        return session;
    }

    @PreDestroy
    void stop() {
        timer.shutdownNow();
    }
}
