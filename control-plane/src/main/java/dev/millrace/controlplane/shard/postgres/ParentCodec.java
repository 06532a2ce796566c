package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.Parent;
import dev.millrace.engine.RunId;

/** The parents of runs in the messages of the journal and back. */
final class ParentCodec {
    private ParentCodec() {}

    static dev.millrace.protocol.journal.v1.Parent message(Parent parent) {
        return dev.millrace.protocol.journal.v1.Parent.newBuilder()
                .setRun(Messages.bytes(parent.run().value()))
                .setGeneration(parent.generation())
                .setNode(parent.node())
                .setElement(parent.element())
                .setBranch(parent.key().branch())
                .setName(parent.key().name())
                .setCount(parent.key().count())
                .setDepth(parent.depth())
                .setAbandoned(parent.abandoned())
                .build();
    }

    static Parent parent(dev.millrace.protocol.journal.v1.Parent message) {
        return new Parent(
                new RunId(Messages.uuid(message.getRun())),
                message.getGeneration(),
                message.getNode(),
                message.getElement(),
                new CheckpointKey(message.getBranch(), message.getName(), message.getCount()),
                message.getDepth(),
                message.getAbandoned());
    }
}
