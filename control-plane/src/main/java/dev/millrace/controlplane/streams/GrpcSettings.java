package dev.millrace.controlplane.streams;

import io.grpc.ServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;

/** The limits and timings of the gRPC server. */
@Singleton
final class GrpcSettings implements BeanCreatedEventListener<ServerBuilder<?>> {
    static final int MAX_INBOUND_BYTES = 4 << 20;

    @Override
    public ServerBuilder<?> onCreated(BeanCreatedEvent<ServerBuilder<?>> event) {
        var builder = event.getBean();
        // Handlers never block, so they run where frames arrive: a hand-over would cost more than most of them do.
        builder.directExecutor()
                .maxInboundMessageSize(MAX_INBOUND_BYTES)
                .maxInboundMetadataSize(16 << 10)
                // A peer that vanished without closing its socket is noticed within 70 seconds even when nothing is
                // sent.
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxConnectionIdle(2, TimeUnit.MINUTES);
        if (builder instanceof NettyServerBuilder netty) {
            netty.maxConcurrentCallsPerConnection(100).flowControlWindow(4 << 20);
        }
        return builder;
    }
}
