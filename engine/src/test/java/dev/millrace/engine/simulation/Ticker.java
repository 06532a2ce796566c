package dev.millrace.engine.simulation;

import dev.millrace.engine.Reply;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.simulation.Instance.Wanted;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Fires a schedule of each tenant, as one of several that do, each by its own clock: reads how far the schedule has come, starts a run
 * for each tick since, and writes down how far it has come now. The key of the tick is what makes that one run, whoever else does the
 * same meanwhile; with {@link Flaw#TICK_READ_THEN_FIRED} there is none, and only what was read says that nobody has.
 */
final class Ticker extends Actor {
    static final long PERIOD = 7 * Timeline.SECOND;
    private static final long MOST_AT_ONCE = 3;

    private final World world;
    private final Dice dice;
    private long skew;
    /** By tenant, what it has begun and not finished. */
    private final Map<TenantId, Long> open = new HashMap<>();

    Ticker(World world, int number) {
        super("ticker-" + number);
        this.world = world;
        this.dice = world.dice(name());
    }

    @Override
    void booted() {
        int most = world.layout().maxSkewMillis();
        skew = dice.between(-most, most) * Timeline.MILLI;
        look();
    }

    @Override
    void crashed() {
        open.clear();
    }

    /** Whether nothing that it has begun is left to be done. */
    boolean isContent() {
        return open.isEmpty();
    }

    private void look() {
        if (!world.faulty()) {
            return;
        }
        for (var tenant : world.tenants()) {
            if (!open.containsKey(tenant)) {
                read(tenant);
            }
        }
        world.time().in(dice.between(200, 1_000) * Timeline.MILLI, this, this::look);
    }

    private void read(TenantId tenant) {
        long due = Math.max(0, (world.time().now() + skew) / PERIOD);
        world.database()
                .call(
                        this,
                        () -> world.database().ticked(tenant),
                        last -> {
                            if (last < due && !open.containsKey(tenant)) {
                                // What was missed for long is left out.
                                fire(tenant, Math.max(last + 1, due - MOST_AT_ONCE + 1));
                            }
                        },
                        why -> {});
    }

    private void fire(TenantId tenant, long tick) {
        open.put(tenant, tick);
        var request = new UUID(
                World.instant(world.time().now() + skew).toEpochMilli() << 16 | 0x7000 | dice.below(0x1000),
                dice.random().nextLong());
        world.judge().ticks(request, tenant, tick);
        Optional<String> key = world.has(Flaw.TICK_READ_THEN_FIRED) ? Optional.empty() : Optional.of("tick-" + tick);
        var wanted = new Wanted(world.versions(tenant).get(0), "{\"n\":0}", key, Optional.empty(), Map.of());
        send(tenant, tick, request, wanted, false);
    }

    private void send(TenantId tenant, long tick, UUID request, Wanted wanted, boolean again) {
        if (!Long.valueOf(tick).equals(open.get(tenant))) {
            return;
        }
        var door = world.instances().get(dice.below(world.instances().size()));
        var stream = new Stream(world, this, door);
        stream.toInstance(() -> door.start(
                tenant,
                request,
                again,
                List.of(wanted),
                reply -> stream.toCaller(() -> answered(tenant, tick, request, reply))));
        world.time()
                .in(dice.between(1_000, 4_000) * Timeline.MILLI, this, () -> send(tenant, tick, request, wanted, true));
    }

    private void answered(TenantId tenant, long tick, UUID request, Reply reply) {
        if (reply instanceof Reply.RunsStarted started && open.remove(tenant, tick)) {
            world.judge().acknowledged(request, started.outcomes());
            world.hit(Probe.TICKED);
            world.database().call(this, () -> world.database().hasTicked(tenant, tick), done -> {}, why -> {});
        }
    }
}
