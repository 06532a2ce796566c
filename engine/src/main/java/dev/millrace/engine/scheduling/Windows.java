package dev.millrace.engine.scheduling;

import dev.millrace.engine.Age;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.ShardSettings.Residence;
import dev.millrace.engine.Snapshots.WindowQuery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The windows of all lanes of a shard, which share a bound on how many ready tasks are in memory. */
public final class Windows {
    private final Residence residence;
    /** In the order in which they were made. */
    private final Map<LaneKey, Window> windows = new LinkedHashMap<>();

    private List<Window> listed = new ArrayList<>();
    private List<Ready> trimmed = new ArrayList<>();
    private int inUse;
    private int sharing = 1;
    private long affordable = Long.MAX_VALUE;
    private boolean crowded;
    private int spilled;

    /** Windows of these sizes. */
    public Windows(Residence residence) {
        this.residence = residence;
    }

    Window of(LaneKey key) {
        return windows.computeIfAbsent(key, any -> new Window(this, key));
    }

    /** The lane that is called so in what is stored, if there is one now. */
    Optional<Lane> lane(LaneKey key) {
        return Optional.ofNullable(windows.get(key)).flatMap(Window::lane);
    }

    /** A lane is not kept any longer. */
    void forget(Window window) {
        windows.remove(window.key());
    }

    // ---- sizes ----

    /** So many shards share the room from now on. */
    public void shareRoom(int shards) {
        sharing = shards;
    }

    /** How many share it. */
    public int sharing() {
        return sharing;
    }

    /**
     * Of runs with payloads of so many bytes each fewer are kept, so that those that queue do not take more than half of what payloads
     * may.
     *
     * @param crowded whether they do now: then those that are too many wait again, although no other comes; a lane keeps one at least,
     *     however many there are, and one that no worker serves keeps none, as it would stop every start otherwise
     */
    public void heed(long bytesEach, boolean crowded) {
        this.crowded = crowded;
        affordable = residence.payloadBytes() / 2 / Math.max(1, bytesEach);
        if (crowded) {
            windows.values().forEach(Window::shrink);
        }
    }

    boolean isCrowded() {
        return crowded;
    }

    int mostPerLane() {
        long all = Math.min(residence.readyTasks(), affordable);
        int least = crowded ? 1 : residence.leastPerLane();
        return (int) Math.max(least, all / sharing / Math.max(1, inUse));
    }

    /** At so many a window is refilled. */
    int low() {
        int most = mostPerLane();
        return most - Math.min(Math.max(1, most / 2), residence.perLoad());
    }

    int perLoad(int size) {
        return Math.max(1, Math.min(mostPerLane() - size, residence.perLoad()));
    }

    void inUse(int more) {
        inUse += more;
    }

    // ---- out of memory and back ----

    /** After a recovery: so many runs queue in a lane, and none of them is in memory. */
    public void spilled(LaneKey lane, int runs) {
        of(lane).spilled(runs);
    }

    /** Whether a run whose tasks are all beyond the end of the lane's window may be put out of memory now. */
    public boolean maySpill(LaneKey lane) {
        return !of(lane).isLoading();
    }

    /** A run that queues in a lane has been put out of memory. */
    public void spill(LaneKey lane) {
        of(lane).spillOne();
    }

    /** A run that queues in a lane is about to come back. */
    public void unspill(LaneKey lane) {
        of(lane).unspillOne();
    }

    /** Tasks that have to wait again, since the last call. */
    public List<Ready> takeTrimmed() {
        if (trimmed.isEmpty()) {
            return List.of();
        }
        var taken = trimmed;
        trimmed = new ArrayList<>();
        return taken;
    }

    /** What to read from the store, since the last call. */
    public List<WindowQuery> takeQueries() {
        if (listed.isEmpty()) {
            return List.of();
        }
        var low = listed;
        listed = new ArrayList<>();
        var queries = new ArrayList<WindowQuery>(low.size());
        for (var window : low) {
            window.listed = false;
            window.refill().ifPresent(queries::add);
        }
        return queries;
    }

    /** The store has answered about a lane; runs up to the last one are about to come in. */
    public void answered(LaneKey lane, Optional<Age> last) {
        last.ifPresent(of(lane)::answered);
    }

    /** What the store answered about a lane has come in. */
    public void taken(LaneKey lane, boolean wasAll) {
        of(lane).taken(wasAll);
    }

    void list(Window window) {
        if (!window.listed) {
            window.listed = true;
            listed.add(window);
        }
    }

    /** How many runs that queue in lanes are out of memory. */
    public int spilled() {
        return spilled;
    }

    void spilledMore(int runs) {
        spilled += runs;
    }

    void trimmed(Ready task) {
        trimmed.add(task);
    }
}
