package dev.millrace.controlplane.items;

import dev.millrace.controlplane.shard.Shards;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** What everybody who follows a run's stream needs, over whichever door. */
@Singleton
final class FollowerRooms {
    private static final int READERS = 3;

    private final Following.Rooms rooms;
    private final ExecutorService reading;

    FollowerRooms(ItemRows rows, Followers followers, Shards shards, ItemMeters meters) {
        var number = new AtomicInteger();
        this.reading = Executors.newFixedThreadPool(READERS, task -> {
            var thread = new Thread(task, "item-reader-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.rooms = new Following.Rooms(rows, followers, shards, meters, reading);
    }

    Following.Rooms rooms() {
        return rooms;
    }

    @PreDestroy
    void stop() {
        reading.shutdown();
    }
}
