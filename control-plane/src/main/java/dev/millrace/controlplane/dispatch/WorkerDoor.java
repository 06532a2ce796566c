package dev.millrace.controlplane.dispatch;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.runs.ChildRuns;
import dev.millrace.controlplane.runs.NewInputs;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.streams.Streams;
import dev.millrace.controlplane.tenancy.GrpcAccess;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.expression.EventQuestions;
import dev.millrace.protocol.worker.v1.ServerFrame;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import dev.millrace.protocol.worker.v1.WorkerGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;

/** Where workers connect. */
@Singleton
final class WorkerDoor extends WorkerGrpc.WorkerImplBase {
    private final Rooms rooms;

    WorkerDoor(
            Shards shards,
            Workflows workflows,
            Payloads payloads,
            Streams streams,
            ChildRuns children,
            NewInputs inputs,
            Decisions decisions,
            GatheredInputs gathered) {
        decisions.open();
        gathered.open();
        this.rooms = new Rooms(shards, workflows, payloads, streams, new EventQuestions(), children, inputs);
    }

    /** The rooms that a session talks to. */
    record Rooms(
            Shards shards,
            Workflows workflows,
            Payloads payloads,
            Streams streams,
            EventQuestions questions,
            ChildRuns children,
            NewInputs inputs) {}

    @Override
    @RequiresPermission(Permission.WORKER_CONNECT)
    public StreamObserver<WorkerFrame> work(StreamObserver<ServerFrame> answers) {
        var session = new WorkerSession(
                GrpcAccess.principal(), rooms, (ServerCallStreamObserver<ServerFrame>) answers, System::nanoTime);
        session.open();
        return session;
    }
}
