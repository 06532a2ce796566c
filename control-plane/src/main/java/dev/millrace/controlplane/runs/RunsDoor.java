package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.streams.Streams;
import dev.millrace.controlplane.tenancy.GrpcAccess;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.protocol.runs.v1.ClientFrame;
import dev.millrace.protocol.runs.v1.RunsGrpc;
import dev.millrace.protocol.runs.v1.ServerFrame;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;

/** Where clients start runs and follow them. Each request of a stream is asked for the permission that it needs. */
@Singleton
final class RunsDoor extends RunsGrpc.RunsImplBase {
    private final Rooms rooms;

    RunsDoor(Starts starts, Shards shards, Workflows workflows, Payloads payloads, Streams streams) {
        this.rooms = new Rooms(starts, shards, workflows, payloads, streams);
    }

    /** The rooms that a session talks to. */
    record Rooms(Starts starts, Shards shards, Workflows workflows, Payloads payloads, Streams streams) {}

    @Override
    @RequiresPermission(Permission.AUTHENTICATED)
    public StreamObserver<ClientFrame> session(StreamObserver<ServerFrame> answers) {
        var session = new RunsSession(GrpcAccess.principal(), rooms, (ServerCallStreamObserver<ServerFrame>) answers);
        session.open();
        return session;
    }
}
