package dev.millrace.engine.simulation;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Fact;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link Flaw#RESCUED_WITHOUT_GUARD}: a job beside the owners. In one transaction it lists the attempts that have been live for too long
 * by the stored images, in another it gives them up, by name alone: whether one has ended meanwhile is not asked again. What the owner
 * of the shard stores next is refused, so that it starts over with what the job has written.
 */
final class Rescuer {
    private static final long EVERY = Timeline.SECOND;
    private static final Duration TOO_LONG = Duration.ofSeconds(3);

    private record Stuck(TenantId tenant, AttemptRef attempt) {}

    private final World world;
    private final Dice dice;

    Rescuer(World world) {
        this.world = world;
        this.dice = world.dice("rescuer");
    }

    void begin() {
        for (int shard = 0; shard < world.layout().shards(); shard++) {
            look(shard);
        }
    }

    private void look(int shard) {
        if (!world.faulty()) {
            return;
        }
        world.database()
                .call(
                        world,
                        () -> stuck(shard),
                        stuck -> world.time()
                                .in(dice.between(10, 1_000) * Timeline.MILLI, world, () -> rescue(shard, stuck)),
                        why -> {});
        world.time().in(EVERY, world, () -> look(shard));
    }

    private List<Stuck> stuck(int shard) {
        var since = World.instant(world.time().now()).minus(TOO_LONG);
        List<Stuck> stuck = new ArrayList<>();
        world.database().snapshots().residentRuns(shard, image -> {
            for (var task : image.tasks()) {
                if (task.state().isLive() && task.queued().isBefore(since)) {
                    stuck.add(new Stuck(image.tenant(), ref(image, task)));
                }
            }
        });
        return stuck;
    }

    private static AttemptRef ref(RunImage image, RunImage.TaskImage task) {
        return new AttemptRef(image.run(), image.generation(), task.node(), task.element(), task.attempt());
    }

    private void rescue(int shard, List<Stuck> stuck) {
        for (var each : stuck) {
            var fact = new Fact.AttemptLost(
                    each.tenant, World.instant(world.time().now()), each.attempt, "it seemed to be stuck");
            world.database().call(world, () -> world.database().write(shard, fact), done -> {}, why -> {});
        }
    }
}
