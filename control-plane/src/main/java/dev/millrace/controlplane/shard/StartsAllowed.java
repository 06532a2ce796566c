package dev.millrace.controlplane.shard;

import java.util.function.IntPredicate;

/**
 * Where runs may be started now. Starts are held back, never lost, when what they lead to could not be kept up with; what ends work
 * always goes on.
 *
 * @param nowhere in no shard, whatever {@link #inShard} says
 */
record StartsAllowed(boolean nowhere, IntPredicate inShard) {
    static final StartsAllowed EVERYWHERE = new StartsAllowed(false, shard -> true);
    static final StartsAllowed NOWHERE = new StartsAllowed(true, shard -> false);

    boolean in(int shard) {
        return !nowhere && inShard.test(shard);
    }
}
