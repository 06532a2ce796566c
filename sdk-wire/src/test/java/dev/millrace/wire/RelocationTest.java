package dev.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.protobuf.InvalidProtocolBufferException;
import dev.millrace.wire.worker.v1.AttemptRef;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.Hello;
import dev.millrace.wire.worker.v1.ServerFrame;
import dev.millrace.wire.worker.v1.Success;
import dev.millrace.wire.worker.v1.Welcome;
import dev.millrace.wire.worker.v1.WorkerFrame;
import dev.millrace.wire.worker.v1.WorkerGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RelocationTest {

    private static final List<String> ORIGINAL_NAMES =
            List.of("com/google/protobuf/", "com.google.protobuf.", "io/grpc/protobuf/", "io.grpc.protobuf.");

    @Test
    void noClassNamesTheOriginalRuntime() throws Exception {
        var classes = Path.of(WorkerFrame.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (var files = Files.walk(classes)) {
            var classFiles =
                    files.filter(file -> file.toString().endsWith(".class")).toList();
            assertThat(classFiles).hasSizeGreaterThan(100);
            assertThat(classFiles)
                    .allSatisfy(file -> assertThat(constants(file)).doesNotContain(ORIGINAL_NAMES));
        }
    }

    @Test
    void theOriginalRuntimeIsNotOnTheClassPath() {
        assertThatThrownBy(() -> Class.forName("com.google.protobuf.MessageLite"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void aMessageReadsBackAsItWasWritten() throws InvalidProtocolBufferException {
        var frame = WorkerFrame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setWorkerId(ByteString.copyFrom(new byte[16]))
                        .setSlots(8)
                        .putLabels("region", "eu"))
                .addCompletions(Completion.newBuilder()
                        .setSequence(1)
                        .setAttempt(AttemptRef.newBuilder().setStep("charge").setAttempt(2))
                        .setSuccess(Success.newBuilder().setResult(ByteString.copyFromUtf8("{\"cents\":1250}"))))
                .build();

        assertThat(WorkerFrame.parseFrom(frame.toByteArray())).isEqualTo(frame);
    }

    @Test
    void aStreamRunsOverTheRelocatedGlue() throws Exception {
        var name = InProcessServerBuilder.generateName();
        var server = InProcessServerBuilder.forName(name)
                .addService(new WelcomingWorkerService())
                .build()
                .start();
        var channel = InProcessChannelBuilder.forName(name).build();
        try {
            var answer = new CompletableFuture<ServerFrame>();
            var toServer = WorkerGrpc.newStub(channel).work(new StreamObserver<>() {
                @Override
                public void onNext(ServerFrame frame) {
                    answer.complete(frame);
                }

                @Override
                public void onError(Throwable error) {
                    answer.completeExceptionally(error);
                }

                @Override
                public void onCompleted() {
                    answer.completeExceptionally(new AssertionError("the stream ended without a frame"));
                }
            });
            toServer.onNext(WorkerFrame.newBuilder()
                    .setHello(Hello.newBuilder().setName("host-1"))
                    .build());

            assertThat(answer.get(10, TimeUnit.SECONDS).hasWelcome()).isTrue();
            toServer.onCompleted();
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    private static String constants(Path classFile) {
        try {
            return new String(Files.readAllBytes(classFile), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Greets every worker that says hello. */
    private static final class WelcomingWorkerService extends WorkerGrpc.WorkerImplBase {
        @Override
        public StreamObserver<WorkerFrame> work(StreamObserver<ServerFrame> toWorker) {
            return new StreamObserver<>() {
                @Override
                public void onNext(WorkerFrame frame) {
                    if (frame.hasHello()) {
                        toWorker.onNext(ServerFrame.newBuilder()
                                .setWelcome(Welcome.getDefaultInstance())
                                .build());
                    }
                }

                @Override
                public void onError(Throwable error) {}

                @Override
                public void onCompleted() {
                    toWorker.onCompleted();
                }
            };
        }
    }
}
