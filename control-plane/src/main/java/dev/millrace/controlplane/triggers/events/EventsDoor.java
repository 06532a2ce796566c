package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.GrpcRefusals;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.streams.WireIds;
import dev.millrace.controlplane.tenancy.GrpcAccess;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.triggers.events.Publisher.Result;
import dev.millrace.protocol.events.v1.Error;
import dev.millrace.protocol.events.v1.EventReply;
import dev.millrace.protocol.events.v1.EventsGrpc;
import dev.millrace.protocol.events.v1.PublishReply;
import dev.millrace.protocol.events.v1.PublishRequest;
import dev.millrace.protocol.events.v1.Published;
import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Events over gRPC. */
@Singleton
final class EventsDoor extends EventsGrpc.EventsImplBase {
    private final Publisher publisher;

    EventsDoor(Publisher publisher) {
        this.publisher = publisher;
    }

    @Override
    @RequiresPermission(Permission.EVENTS_PUBLISH)
    public void publish(PublishRequest request, StreamObserver<PublishReply> answer) {
        if (request.getItemsCount() < 1 || request.getItemsCount() > Publisher.MOST_AT_ONCE) {
            refuse(
                    answer,
                    new ApiException(
                            ErrorCode.FIELD_INVALID,
                            "The request has " + request.getItemsCount() + " events; it must have 1 to "
                                    + Publisher.MOST_AT_ONCE + ".",
                            "$.items"));
            return;
        }
        var who = GrpcAccess.principal();
        // One that cannot even be read as an event keeps its place, so that the answers are in the order of the items.
        List<NewEvent> events = new ArrayList<>(request.getItemsCount());
        List<Optional<ApiException>> unreadable = new ArrayList<>(request.getItemsCount());
        for (int i = 0; i < request.getItemsCount(); i++) {
            try {
                events.add(event(request.getItems(i), "$.items[" + i + "]"));
                unreadable.add(Optional.empty());
            } catch (ApiException e) {
                unreadable.add(Optional.of(e));
            }
        }
        publisher.publish(who.tenant(), who.service(), events).whenComplete((results, failure) -> {
            if (failure != null) {
                refuse(answer, Problems.refusal(failure));
                return;
            }
            answer.onNext(reply(unreadable, results));
            answer.onCompleted();
        });
    }

    private static NewEvent event(dev.millrace.protocol.events.v1.NewEvent item, String path) {
        var event = new NewEvent(
                item.getId(),
                item.getName(),
                item.getScope(),
                item.getMetadataMap(),
                item.getData().toByteArray(),
                Optional.empty(),
                path);
        Payloads.requireJson(event.data(), path + ".data");
        return event;
    }

    private static PublishReply reply(List<Optional<ApiException>> unreadable, List<Result> results) {
        var reply = PublishReply.newBuilder();
        var next = results.iterator();
        for (var refused : unreadable) {
            var result = refused.<Result>map(Result.Refused::new).orElseGet(next::next);
            if (result instanceof Result.Published published) {
                reply.addItems(EventReply.newBuilder()
                        .setPublished(Published.newBuilder()
                                .setEventId(WireIds.bytes(published.event()))
                                .setDuplicate(published.duplicate())));
            } else if (result instanceof Result.Refused why) {
                reply.addItems(EventReply.newBuilder()
                        .setRefused(Error.newBuilder()
                                .setCode(why.refusal().code().name())
                                .setMessage(why.refusal().getMessage())));
            }
        }
        return reply.build();
    }

    private static void refuse(StreamObserver<PublishReply> answer, ApiException refusal) {
        var trailers = new Metadata();
        answer.onError(GrpcRefusals.status(refusal, trailers).asRuntimeException(trailers));
    }
}
