package dev.millrace.controlplane.items;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.runs.Refusals;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * One follower of a run's stream: reads what is stored behind its position as long as the reader takes it, sleeps until something is
 * stored, and says the end once the run has ended and everything is read. Reads one piece at a time, on threads of the room's. Safe for
 * use by several threads.
 */
final class Following {

    /** Who is told. Called by one thread at a time; must not block for long. */
    interface Reader {
        /** Whether it takes more. Who says no calls {@link Following#wake} when that changes. */
        boolean hasRoom();

        void items(List<StoredChunk> chunks);

        /** There is no more. Nothing is told after this. */
        void ended(RunState state);

        /** It cannot be followed, or no longer. Nothing is told after this. */
        void failed(ApiException why);
    }

    /**
     * What followers need.
     *
     * @param reading where tables are read
     */
    record Rooms(ItemRows rows, Followers followers, Shards shards, ItemMeters meters, Executor reading) {}

    private record End(RunState state, int generation) {}

    private final Rooms rooms;
    private final TenantId tenant;
    private final RunId run;
    private final String step;
    private final Reader reader;
    private final Runnable waker = this::wake;

    // Used by the thread that reads.
    private long position;
    private int sealed;

    // Guarded by this.
    private boolean reading;
    private boolean woken;
    private boolean over;
    private Optional<Long> listening = Optional.empty();
    private Optional<End> end = Optional.empty();

    /**
     * Has not begun.
     *
     * @param step the only one that is wanted; empty for all
     * @param after position behind which it begins
     */
    Following(Rooms rooms, TenantId tenant, RunId run, String step, long after, Reader reader) {
        this.rooms = rooms;
        this.tenant = tenant;
        this.run = run;
        this.step = step;
        this.position = after;
        this.reader = reader;
    }

    /** Begins. To be called once. */
    void begin() {
        rooms.meters().followed();
        rooms.followers().add(tenant, run, waker);
        listen();
        wake();
    }

    private void listen() {
        long replyTo = rooms.shards().listen(tenant, this::told);
        synchronized (this) {
            if (over) {
                rooms.shards().forget(tenant, List.of(replyTo));
                return;
            }
            listening = Optional.of(replyTo);
        }
        rooms.shards().tell(tenant, new Command.FollowRun(replyTo, tenant, run));
    }

    /** On the shards' thread. */
    private void told(Reply reply) {
        synchronized (this) {
            listening = Optional.empty();
            if (reply instanceof Reply.RunEnded ended) {
                end = Optional.of(new End(ended.image().state(), ended.image().generation()));
            }
        }
        if (reply instanceof Reply.RunEnded) {
            wake();
        } else if (reply instanceof Reply.Refused refused && refused.code().equals("OWNER_CHANGED")) {
            listen();
        } else {
            fail(Refusals.of(reply));
        }
    }

    /** There may be something to read, or the reader takes more. */
    void wake() {
        synchronized (this) {
            woken = true;
            if (reading || over) {
                return;
            }
            reading = true;
        }
        try {
            rooms.reading().execute(this::read);
        } catch (RejectedExecutionException e) {
            fail(Problems.refusal(e));
        }
    }

    private void read() {
        try {
            while (goesOn()) {
                readOnce();
            }
        } catch (RuntimeException e) {
            fail(Problems.refusal(e));
        }
    }

    private synchronized boolean goesOn() {
        reading = woken && !over;
        woken = false;
        return reading;
    }

    private void readOnce() {
        if (!reader.hasRoom()) {
            return;
        }
        Optional<End> ended;
        synchronized (this) {
            ended = end;
        }
        // What is stored before the seal is read after it; behind it there is nothing.
        if (ended.isPresent() && sealed < ended.get().generation()) {
            rooms.rows().seal(tenant, run, ended.get().generation());
            sealed = ended.get().generation();
        }
        var chunks = rooms.rows().read(tenant, run, step, position, ItemRows.READ_AT_ONCE);
        if (!chunks.isEmpty()) {
            position = chunks.get(chunks.size() - 1).last();
            reader.items(chunks);
            synchronized (this) {
                woken = true;
            }
        } else if (ended.isPresent() && stop()) {
            reader.ended(ended.get().state());
        }
    }

    private void fail(ApiException why) {
        if (stop()) {
            reader.failed(why);
        }
    }

    /** Nobody reads any more. @return whether that is new */
    boolean stop() {
        Optional<Long> forgotten;
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
            forgotten = listening;
            listening = Optional.empty();
        }
        rooms.followers().remove(tenant, run, waker);
        rooms.meters().left();
        forgotten.ifPresent(replyTo -> rooms.shards().forget(tenant, List.of(replyTo)));
        return true;
    }
}
