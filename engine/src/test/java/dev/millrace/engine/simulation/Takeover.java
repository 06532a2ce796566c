package dev.millrace.engine.simulation;

import dev.millrace.engine.Batch;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Shard;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Snapshots;
import dev.millrace.manifest.Sharing;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** How an instance becomes the owner of a shard: it takes the lease, waits the old projector out, reads what is stored and replays the tail. */
final class Takeover {
    private final World world;
    private final Instance instance;

    Takeover(World world, Instance instance) {
        this.world = world;
        this.instance = instance;
    }

    /** Tries; says so when the shard is served here, or is not. */
    void begin(int number) {
        var database = world.database();
        long asked = world.time().now();
        database.call(
                instance,
                () -> database.open(number, instance.owner()),
                opened -> {
                    instance.correctFirst(asked);
                    database.call(
                            instance,
                            () -> database.snapshots().open(number, opened.epoch()),
                            position -> readImages(number, opened, position),
                            why -> instance.notServed(number));
                },
                why -> instance.notServed(number));
    }

    private void readImages(int number, Journal.Opened opened, Snapshots.Position position) {
        var database = world.database();
        database.call(
                instance,
                () -> {
                    var tail = database.tail(number, position.seq());
                    var images = new ArrayList<RunImage>();
                    database.snapshots().residentRuns(number, images::add);
                    var named = new LinkedHashSet<Snapshots.RunName>();
                    tail.forEach(entry -> named.addAll(Shard.runsOf(entry.facts())));
                    database.snapshots().activeRuns(number, named, images::add);
                    var lanes = database.lanes(number, opened.epoch());
                    return new Stored(position, lanes, images, tail, awaits(number));
                },
                stored -> serve(number, opened, stored),
                why -> instance.notServed(number));
    }

    /** What the runs of a shard wait for that is brought to them, as their images have it. */
    private List<Effect.Awaits> awaits(int number) {
        var active = new LinkedHashSet<Snapshots.RunName>();
        for (var run : world.judge().laws().started()) {
            world.tenants(number).forEach(tenant -> active.add(new Snapshots.RunName(tenant, run)));
        }
        var awaits = new ArrayList<Effect.Awaits>();
        world.database().snapshots().activeRuns(number, active, image -> awaits.add(Effect.Awaits.of(image)));
        return awaits;
    }

    private static Command.DefineVersion withoutLimits(Command.DefineVersion definition) {
        var manifest = definition.manifest();
        var steps = manifest.steps().stream()
                .map(step -> step.toBuilder().sharing(Sharing.NONE).build())
                .toList();
        return new Command.DefineVersion(
                definition.tenant(),
                definition.service(),
                definition.version(),
                manifest.toBuilder().sharing(Sharing.NONE).steps(steps).build());
    }

    /** What a recovery reads of a shard. */
    private record Stored(
            Snapshots.Position position,
            List<Snapshots.LaneCount> lanes,
            List<RunImage> images,
            List<Journal.Entry> tail,
            List<Effect.Awaits> awaits) {}

    private void serve(int number, Journal.Opened opened, Stored stored) {
        if (instance.isLeaving()) {
            instance.giveBack(number, opened.epoch());
            return;
        }
        var tail = stored.tail();
        var core = new Shard(number, instance.settings());
        for (var definition : world.definitions(number)) {
            core.handle(
                    world.has(Flaw.LIMITS_NOT_TOLD) ? withoutLimits(definition) : definition,
                    instance.now(),
                    new Batch());
        }
        for (var tenant : world.tenants(number)) {
            if (!world.has(Flaw.CONFIG_NOT_READ)) {
                core.handle(new Command.ConfigChanged(tenant, world.config(tenant)), instance.now(), new Batch());
            }
        }
        var image = stored.position().shard();
        core.restore(
                world.has(Flaw.BUCKETS_FORGOTTEN)
                        ? new ShardImage(image.clock(), List.of(), image.throttles())
                        : image);
        if (!world.has(Flaw.QUEUES_NOT_COUNTED)) {
            core.queued(stored.lanes());
        }
        stored.images().forEach(core::restore);
        if (!tail.isEmpty()) {
            world.hit(Probe.ORPHAN_TAIL_REPLAYED);
        }
        if (!world.has(Flaw.TAIL_NOT_READ)) {
            tail.forEach(entry -> entry.facts().forEach(core::replay));
        }
        core.recovered(instance.now());
        var owned = new Owned(world, instance, number, opened, stored.position().seq(), core);
        world.tenants(number).forEach(tenant -> owned.heard(tenant, world.config(tenant)));
        // First what is stored, then what the journal's tail has made of it.
        var awaits = new ArrayList<>(stored.awaits());
        awaits.addAll(core.awaits());
        instance.serves(owned, awaits);
        world.time().in(Timeline.SECOND, instance, owned::renew);
    }
}
