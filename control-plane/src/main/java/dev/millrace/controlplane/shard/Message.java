package dev.millrace.controlplane.shard;

import dev.millrace.engine.Command;
import dev.millrace.engine.TenantId;
import java.util.OptionalLong;

/** What reaches the core's thread. */
sealed interface Message {

    /**
     * A command for the shard of a tenant.
     *
     * @param bytes about how much memory it holds while it waits
     */
    record Ask(int shard, TenantId tenant, Command command, OptionalLong replyTo, long bytes) implements Message {
        /** Starts wait behind everything else when the projector lags. */
        boolean isStart() {
            return command instanceof Command.StartRuns;
        }

        /** Whether whoever sent it can be told to send it again later. */
        boolean isRefusable() {
            return isStart() || command instanceof Command.ReadRun || command instanceof Command.FollowRun;
        }
    }

    /** An answer to an effect, for the shard that asked and for no other. */
    record Answer(OwnedShard shard, Command command) implements Message {}

    /** A shard is in memory and may be served. */
    record Recovered(OwnedShard shard) implements Message {}

    /** A shard is no longer ours, or what is stored of it is unknown. */
    record Lost(OwnedShard shard, String reason) implements Message {}

    /** A pass of the projector is stored. */
    record Projected(OwnedShard shard, long seq) implements Message {}

    /** Finish what is there, and end. */
    record Stop() implements Message {}
}
