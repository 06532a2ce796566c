package dev.millrace.engine.simulation;

import dev.millrace.engine.Command;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.harness.RandomWorkflows;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.RateLimitSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A cluster: what there is, what is cut off from what, and what has been seen. */
final class World extends Actor {
    private static final Instant BEGINNING = Instant.parse("2026-11-21T00:00:00Z");

    private final Dice dice;
    private final Map<String, Dice> streams = new HashMap<>();
    private final Layout layout;
    private final Optional<Flaw> flaw;
    private final Timeline time = new Timeline();
    private final Judge judge;
    private final Database database;
    private final Completions completions;
    private final List<Instance> instances = new ArrayList<>();
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<ClientProcess> clients = new ArrayList<>();
    private final List<Ticker> tickers = new ArrayList<>();
    private final List<Command.DefineVersion> definitions = new ArrayList<>();
    private final Map<TenantId, List<VersionRef>> versions = new LinkedHashMap<>();
    private final Map<TenantId, TenantConfig> configs = new HashMap<>();
    private final Map<TenantId, List<RateLimitSpec>> limits = new HashMap<>();
    private final Map<Probe, Integer> probes = new EnumMap<>(Probe.class);
    private final Map<String, Long> cutUntil = new HashMap<>();
    private boolean faulty = true;
    private boolean asked;
    private long healedAt;

    World(long seed, Optional<Flaw> flaw, UnaryOperator<Layout> changed) {
        super("world");
        this.dice = new Dice(seed);
        this.flaw = flaw;
        this.layout = changed.apply(Layout.draw(dice.fork("layout").random()));
        this.judge = new Judge(this);
        this.database = new Database(this);
        this.completions = new Completions(this);
        define();
        for (int i = 0; i < layout.instances(); i++) {
            instances.add(new Instance(this, i));
            tickers.add(new Ticker(this, i));
        }
        int number = 0;
        for (var tenant : versions.keySet()) {
            for (int i = 0; i < layout.workers(); i++) {
                workers.add(new WorkerProcess(this, ++number, tenant));
            }
            for (int i = 0; i < layout.clients(); i++) {
                clients.add(new ClientProcess(this, ++number, tenant));
            }
        }
        instances.forEach(Instance::booted);
        workers.forEach(WorkerProcess::booted);
        clients.forEach(ClientProcess::booted);
        tickers.forEach(Ticker::booted);
        if (has(Flaw.RESCUED_WITHOUT_GUARD)) {
            new Rescuer(this).begin();
        }
    }

    private void define() {
        var service = new ServiceId(new UUID(7, 2));
        for (int i = 0; i < layout.tenants(); i++) {
            var tenant = new TenantId(new UUID(7, 100 + i));
            var drawn = new RandomWorkflows(dice.fork("workflows-" + i).random())
                    .withConditions()
                    .withConcurrency()
                    .withBatches()
                    .withPlacement()
                    .withCosts()
                    .withWaits()
                    .withTransactions()
                    .withLoops();
            drawn.limits().forEach(limit -> judge.limit(tenant, limit));
            limits.put(tenant, drawn.limits());
            versions.put(tenant, new ArrayList<>());
            for (int j = 0; j < layout.workflows(); j++) {
                Manifest manifest = drawn.next("flow-" + j);
                var version = new VersionRef(manifest.workflow(), manifest.hash());
                versions.get(tenant).add(version);
                definitions.add(new Command.DefineVersion(tenant, service, version, manifest));
                judge.know(version, manifest);
            }
        }
    }

    Timeline time() {
        return time;
    }

    Layout layout() {
        return layout;
    }

    Judge judge() {
        return judge;
    }

    Database database() {
        return database;
    }

    /** Of the steps that have a database of their own. */
    Completions completions() {
        return completions;
    }

    Dice dice(String name) {
        return streams.computeIfAbsent(name, dice::fork);
    }

    List<Instance> instances() {
        return instances;
    }

    List<WorkerProcess> workers() {
        return workers;
    }

    List<ClientProcess> clients() {
        return clients;
    }

    List<Ticker> tickers() {
        return tickers;
    }

    List<VersionRef> versions(TenantId tenant) {
        return versions.get(tenant);
    }

    /** The versions of the tenants of a shard. */
    List<Command.DefineVersion> definitions(int shard) {
        return definitions.stream()
                .filter(definition -> shardOf(definition.tenant()) == shard)
                .toList();
    }

    List<TenantId> tenants() {
        return List.copyOf(versions.keySet());
    }

    /** The tenants of a shard. */
    List<TenantId> tenants(int shard) {
        return versions.keySet().stream()
                .filter(tenant -> shardOf(tenant) == shard)
                .toList();
    }

    /** What people have set. */
    TenantConfig config(TenantId tenant) {
        return configs.getOrDefault(tenant, TenantConfig.NONE);
    }

    /** The rate limits that workflows of a tenant declare. */
    List<RateLimitSpec> limits(TenantId tenant) {
        return limits.get(tenant);
    }

    /** People set something. Everybody who serves the tenant hears of it after a while. */
    void configure(TenantId tenant, TenantConfig config) {
        configs.put(tenant, config);
        hit(Probe.CONFIG_CHANGED);
        for (var instance : instances) {
            time.in(messageDelay(), instance, () -> instance.configChanged(tenant));
        }
    }

    int shardOf(TenantId tenant) {
        return (int) (tenant.value().getLeastSignificantBits() % layout.shards());
    }

    /** Somebody asks all the time why things wait. */
    void beAsked() {
        asked = true;
    }

    boolean isAsked() {
        return asked;
    }

    boolean has(Flaw other) {
        return flaw.filter(other::equals).isPresent();
    }

    // ---- what goes wrong ----

    /** Whether things still go wrong. */
    boolean faulty() {
        return faulty;
    }

    /** Since when nothing goes wrong any more. */
    long healedAt() {
        return healedAt;
    }

    void cut(Actor one, Actor other, long micros) {
        cutUntil.put(link(one, other), time.now() + micros);
    }

    boolean isCut(Actor one, Actor other) {
        return cutUntil.getOrDefault(link(one, other), 0L) > time.now();
    }

    private static String link(Actor one, Actor other) {
        return one.name().compareTo(other.name()) < 0 ? one.name() + other.name() : other.name() + one.name();
    }

    long messageDelay() {
        var net = dice("net");
        return faulty && net.chance(layout.slowMessages())
                ? net.between(0, 3 * Timeline.SECOND)
                : net.between(20, layout.delay());
    }

    /** Everybody is there and hears everybody, and steps succeed. */
    void heal() {
        faulty = false;
        healedAt = time.now();
        cutUntil.clear();
        database.goDown(0);
        instances.forEach(World::revive);
        workers.forEach(World::revive);
        clients.forEach(World::revive);
        tickers.forEach(World::revive);
        tenants().forEach(tenant -> configure(tenant, TenantConfig.NONE));
    }

    private static void revive(Actor actor) {
        actor.goOn();
        actor.boot();
    }

    // ---- what has been seen ----

    void hit(Probe probe) {
        probes.merge(probe, 1, Integer::sum);
    }

    Map<Probe, Integer> probes() {
        return probes;
    }

    /** An instant of true time as the shards' clocks write it. */
    static Instant instant(long micros) {
        return BEGINNING.plus(micros, ChronoUnit.MICROS);
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(BEGINNING, instant);
    }

    @Override
    void crashed() {
        throw new IllegalStateException("The world does not crash.");
    }

    @Override
    void booted() {
        throw new IllegalStateException("The world does not boot.");
    }
}
