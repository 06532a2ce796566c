package dev.millrace.controlplane.shard.postgres;

import static dev.millrace.controlplane.shard.postgres.Instants.instant;
import static dev.millrace.controlplane.shard.postgres.Instants.micros;

import dev.millrace.engine.Payload;
import dev.millrace.engine.ShardImage.ThrottleImage;
import dev.millrace.engine.StartWindow;
import dev.millrace.engine.TenantId;
import dev.millrace.protocol.journal.v1.ThrottlePeriod;

/** Windows and throttles in the messages of the journal and back. */
final class WindowCodec {
    private WindowCodec() {}

    /** @param started when the run was acknowledged, in microseconds */
    static dev.millrace.protocol.journal.v1.StartWindow message(StartWindow window, long started) {
        var message = dev.millrace.protocol.journal.v1.StartWindow.newBuilder()
                .setKey(window.key())
                .setCloses(micros(window.closes()) - started)
                .setLatest(micros(window.latest()) - started)
                .setStarts(window.starts());
        window.elements().forEach(element -> message.addElements(payload(element)));
        return message.build();
    }

    static StartWindow window(dev.millrace.protocol.journal.v1.StartWindow message, long started) {
        return new StartWindow(
                message.getKey(),
                instant(started + message.getCloses()),
                instant(started + message.getLatest()),
                message.getStarts(),
                message.getElementsList().stream().map(WindowCodec::payload).toList());
    }

    /** An element may be without a value. */
    private static dev.millrace.protocol.journal.v1.Payload payload(Payload element) {
        return element.isPresent()
                ? Messages.message(element)
                : dev.millrace.protocol.journal.v1.Payload.getDefaultInstance();
    }

    private static Payload payload(dev.millrace.protocol.journal.v1.Payload message) {
        return message.equals(dev.millrace.protocol.journal.v1.Payload.getDefaultInstance())
                ? Payload.NONE
                : Messages.payload(message);
    }

    static ThrottlePeriod message(ThrottleImage period) {
        return ThrottlePeriod.newBuilder()
                .setTenant(Messages.bytes(period.tenant().value()))
                .setWorkflow(period.workflow())
                .setKey(period.key())
                .setUntil(micros(period.until()))
                .setTaken(period.taken())
                .build();
    }

    static ThrottleImage period(ThrottlePeriod message) {
        return new ThrottleImage(
                new TenantId(Messages.uuid(message.getTenant())),
                message.getWorkflow(),
                message.getKey(),
                instant(message.getUntil()),
                message.getTaken());
    }
}
