package dev.millrace.controlplane.settings;

import dev.millrace.controlplane.settings.Settings.Address;
import dev.millrace.controlplane.settings.Settings.Database;
import dev.millrace.controlplane.settings.Settings.Engine;
import dev.millrace.controlplane.settings.Settings.Events;
import dev.millrace.controlplane.settings.Settings.Projection;
import dev.millrace.controlplane.settings.Settings.Residence;
import dev.millrace.controlplane.settings.Settings.Retention;
import dev.millrace.controlplane.settings.Settings.Secret;
import dev.millrace.controlplane.settings.Settings.Secrets;
import dev.millrace.manifest.Durations;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads the settings. Goes on after a fault, so that all of them can be told at once; a name that nobody knows is a fault, because
 * a misspelled setting would otherwise be ignored. Used once.
 */
public final class SettingsReader {
    private static final Set<String> UNITS = Set.of("kB", "MB", "GB");

    private static final int SHORTEST_TOKEN = 16;
    private static final int KEY_BYTES = 32;

    private final Function<String, Optional<String>> source;
    private final List<String> problems = new ArrayList<>();
    /** What may be written, by the name of the setting. */
    private final Map<String, String> known = new LinkedHashMap<>();

    private SettingsReader(Function<String, Optional<String>> source) {
        this.source = source;
    }

    /**
     * Reads all settings.
     *
     * @param source gives the text of a setting, by its full name
     * @param given the names of all settings beginning with {@code millrace.} that somebody wrote
     * @throws InvalidSettingsException when any of them is wrong
     */
    public static Settings read(Function<String, Optional<String>> source, Set<String> given) {
        var reader = new SettingsReader(source);
        var settings = reader.settings();
        for (var name : given) {
            if (!reader.known.containsKey(name)) {
                reader.problems.add(name + " is not a setting" + reader.suggestion(name) + ".");
            }
        }
        if (!reader.problems.isEmpty()) {
            throw new InvalidSettingsException(reader.problems);
        }
        return settings;
    }

    /** The settings by their names, in order, as they are printed: without secrets. */
    public static Map<String, Object> named(Settings settings) {
        var names = new LinkedHashMap<String, Object>();
        names.put("millrace.memory", settings.memory());
        names.put("millrace.data-dir", settings.dataDir());
        names.put("millrace.token-file", settings.tokenFile());
        names.put("millrace.shards", settings.shards());
        names.put("millrace.http.host", settings.http().host());
        names.put("millrace.http.port", settings.http().port());
        names.put("millrace.grpc.host", settings.grpc().host());
        names.put("millrace.grpc.port", settings.grpc().port());
        names.put("millrace.grpc-address", settings.grpcAddress().orElse("(none)"));
        names.put("millrace.metrics-token", settings.metricsToken());
        names.put("millrace.drain-time", Durations.format(settings.drainTime()));
        var database = settings.database();
        names.put(
                "millrace.database.url",
                database.url().map(SettingsReader::withoutSecrets).orElse("(embedded)"));
        names.put("millrace.database.user", database.user());
        names.put("millrace.database.password", database.password());
        names.put("millrace.database.reach-within", Durations.format(database.reachWithin()));
        names.put("millrace.database.connections", database.connections());
        names.put("millrace.database.binaries", database.binaries());
        names.put("millrace.database.shared-buffers", database.sharedBuffers());
        var engine = settings.engine();
        names.put("millrace.engine.lease-time", Durations.format(engine.leaseTime()));
        names.put("millrace.engine.renew-every", Durations.format(engine.renewEvery()));
        names.put("millrace.engine.max-queued", engine.maxQueued());
        names.put("millrace.engine.max-queued-bytes", engine.maxQueuedBytes());
        names.put("millrace.engine.tenant-share", engine.tenantShare());
        names.put("millrace.engine.journal-table", engine.journalTable());
        names.put("millrace.residence.ready-tasks", settings.residence().readyTasks());
        names.put("millrace.residence.runs", settings.residence().runs());
        names.put("millrace.residence.payload-bytes", settings.residence().payloadBytes());
        var projection = settings.projection();
        names.put("millrace.projection.every", Durations.format(projection.every()));
        names.put("millrace.projection.idle", Durations.format(projection.idle()));
        names.put("millrace.projection.max-changes", projection.maxChanges());
        names.put("millrace.projection.max-lag", projection.maxLag());
        var retention = settings.retention();
        names.put("millrace.retention.runs", Durations.format(retention.runs()));
        names.put("millrace.retention.light-runs", Durations.format(retention.lightRuns()));
        names.put("millrace.retention.idempotency-keys", Durations.format(retention.idempotencyKeys()));
        names.put("millrace.retention.request-ids", Durations.format(retention.requestIds()));
        names.put("millrace.retention.events", Durations.format(retention.events()));
        names.put(
                "millrace.retention.usage",
                retention.usage().map(Durations::format).orElse("(for ever)"));
        names.put("millrace.events.per-second", settings.events().perSecond());
        names.put("millrace.events.burst", settings.events().burst());
        names.put("millrace.secrets.key", settings.secrets().key());
        names.put(
                "millrace.secrets.former-keys", settings.secrets().formerKeys().isEmpty() ? "(none)" : "(hidden)");
        return names;
    }

    /** What may be written for each setting, by its name, in order; for the reference page. */
    static Map<String, String> values() {
        var reader = new SettingsReader(name -> Optional.empty());
        reader.settings();
        return reader.known;
    }

    private Settings settings() {
        var defaults = Settings.DEFAULT;
        boolean memory = bool("memory", defaults.memory());
        var dataDir = path("data-dir", defaults.dataDir());
        return new Settings(
                memory,
                dataDir,
                path("token-file", dataDir.resolve("token")),
                integer("shards", defaults.shards(), 1, 1_024),
                address("http", defaults.http()),
                address("grpc", defaults.grpc()),
                value("grpc-address", "`host:port`"),
                metricsToken(),
                duration("drain-time", defaults.drainTime(), Duration.ZERO, Duration.ofMinutes(10)),
                database(memory),
                engine(),
                residence(),
                projection(),
                retention(),
                events(),
                secrets());
    }

    private Events events() {
        var defaults = Events.DEFAULT;
        return new Events(
                integer("events.per-second", defaults.perSecond(), 1, 100_000_000),
                integer("events.burst", defaults.burst(), 1_000, 100_000_000));
    }

    private Secrets secrets() {
        var key = text("secrets.key", "");
        var former = Arrays.stream(text("secrets.former-keys", "").split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
        if (!key.isEmpty()) {
            requireKey("millrace.secrets.key", key);
        }
        former.forEach(each -> requireKey("millrace.secrets.former-keys", each));
        return new Secrets(new Secret(key), former.stream().map(Secret::new).toList());
    }

    private void requireKey(String setting, String key) {
        int bytes;
        try {
            bytes = Base64.getDecoder().decode(key).length;
        } catch (IllegalArgumentException e) {
            problems.add(setting + " is not Base64. Write 32 random bytes so.");
            return;
        }
        if (bytes != KEY_BYTES) {
            problems.add(setting + " has " + bytes + " bytes; a key has " + KEY_BYTES + ", random ones, in Base64.");
        }
    }

    private Secret metricsToken() {
        var token = text("metrics-token", "");
        if (!token.isEmpty() && token.length() < SHORTEST_TOKEN) {
            problems.add("millrace.metrics-token has " + token.length() + " characters; it needs at least "
                    + SHORTEST_TOKEN + ", because whoever guesses it reads figures of every tenant.");
        }
        return new Secret(token);
    }

    private Address address(String name, Address defaults) {
        return new Address(text(name + ".host", defaults.host()), integer(name + ".port", defaults.port(), 0, 65_535));
    }

    private Database database(boolean memory) {
        var defaults = Database.DEFAULT;
        var url = value("database.url", "`jdbc:postgresql://host:port/name`").filter(given -> {
            if (given.startsWith("jdbc:postgresql://")) {
                return true;
            }
            problems.add("millrace.database.url is \"" + withoutSecrets(given)
                    + "\"; write it as jdbc:postgresql://host:5432/name.");
            return false;
        });
        if (memory && url.isPresent()) {
            problems.add(
                    "millrace.memory and millrace.database.url exclude each other: a server that keeps everything in memory"
                            + " stores nothing in a database. Leave one of them out.");
        }
        var sharedBuffers = value("database.shared-buffers", "a number and `kB`, `MB` or `GB`")
                .orElse(defaults.sharedBuffers());
        if (!sharedBuffers.matches("[1-9][0-9]{0,6}(kB|MB|GB)")) {
            problems.add("millrace.database.shared-buffers is \"" + sharedBuffers + "\"; write a number and a unit of "
                    + UNITS + ", as in 256MB.");
        }
        return new Database(
                url,
                text("database.user", defaults.user()),
                new Secret(text("database.password", "")),
                duration("database.reach-within", defaults.reachWithin(), Duration.ZERO, Duration.ofHours(1)),
                integer("database.connections", defaults.connections(), 1, 1_000),
                path("database.binaries", defaults.binaries()),
                sharedBuffers);
    }

    private Engine engine() {
        var defaults = Engine.DEFAULT;
        var lease = duration("engine.lease-time", defaults.leaseTime(), Duration.ofMillis(500), Duration.ofMinutes(5));
        var renew = duration("engine.renew-every", defaults.renewEvery(), Duration.ofMillis(50), Duration.ofMinutes(1));
        if (renew.multipliedBy(2).compareTo(lease) > 0) {
            problems.add(
                    "millrace.engine.renew-every is " + Durations.format(renew) + " and millrace.engine.lease-time "
                            + Durations.format(lease) + "; a lease must last for at least two renewals.");
        }
        return new Engine(
                lease,
                renew,
                integer("engine.max-queued", defaults.maxQueued(), 1, 10_000_000),
                size("engine.max-queued-bytes", defaults.maxQueuedBytes()),
                integer("engine.tenant-share", defaults.tenantShare(), 1, 100),
                size("engine.journal-table", defaults.journalTable()));
    }

    private Residence residence() {
        var defaults = Residence.DEFAULT;
        return new Residence(
                integer("residence.ready-tasks", defaults.readyTasks(), 0, 100_000_000),
                integer("residence.runs", defaults.runs(), 0, 100_000_000),
                number("residence.payload-bytes", defaults.payloadBytes(), 0, 1L << 40, " bytes"));
    }

    private Projection projection() {
        var defaults = Projection.DEFAULT;
        return new Projection(
                duration("projection.every", defaults.every(), Duration.ofMillis(1), Duration.ofMinutes(1)),
                duration("projection.idle", defaults.idle(), Duration.ZERO, Duration.ofMinutes(1)),
                integer("projection.max-changes", defaults.maxChanges(), 0, 10_000_000),
                integer("projection.max-lag", defaults.maxLag(), 0, 100_000_000));
    }

    private Retention retention() {
        var defaults = Retention.DEFAULT;
        var longest = Duration.ofDays(36_500);
        return new Retention(
                duration("retention.runs", defaults.runs(), Duration.ofDays(1), longest),
                duration("retention.light-runs", defaults.lightRuns(), Duration.ofDays(1), longest),
                duration("retention.idempotency-keys", defaults.idempotencyKeys(), Duration.ofHours(1), longest),
                duration("retention.request-ids", defaults.requestIds(), Duration.ofHours(1), longest),
                duration("retention.events", defaults.events(), Duration.ofDays(1), longest),
                optionalDuration("retention.usage", Duration.ofDays(1), longest));
    }

    // ---- one value ----

    private Optional<String> value(String name, String values) {
        var full = "millrace." + name;
        known.put(full, values);
        return source.apply(full).map(String::strip).filter(text -> !text.isEmpty());
    }

    private String text(String name, String otherwise) {
        return value(name, "text").orElse(otherwise);
    }

    private Path path(String name, Path otherwise) {
        return value(name, "path")
                .flatMap(text -> {
                    try {
                        return Optional.of(Path.of(text));
                    } catch (InvalidPathException e) {
                        problems.add(
                                "millrace." + name + " is \"" + text + "\", which is no path: " + e.getReason() + ".");
                        return Optional.empty();
                    }
                })
                .orElse(otherwise);
    }

    private boolean bool(String name, boolean otherwise) {
        return value(name, "`true` or `false`")
                .map(text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> {
                        problems.add("millrace." + name + " is \"" + text + "\"; write true or false.");
                        yield otherwise;
                    }
                })
                .orElse(otherwise);
    }

    private int integer(String name, int otherwise, int least, int most) {
        return (int) number(name, otherwise, least, most, "");
    }

    private long size(String name, long otherwise) {
        return number(name, otherwise, 1 << 16, 1L << 40, " bytes");
    }

    private long number(String name, long otherwise, long least, long most, String unit) {
        var text = value(name, least + " to " + most + unit);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, in our own words
        }
        problems.add("millrace." + name + " is \"" + text.get() + "\"; write a whole number from " + least + " to "
                + most + ".");
        return otherwise;
    }

    private Duration duration(String name, Duration otherwise, Duration least, Duration most) {
        return optionalDuration(name, least, most).orElse(otherwise);
    }

    private Optional<Duration> optionalDuration(String name, Duration least, Duration most) {
        var text = value(name, "duration, " + Durations.format(least) + " to " + Durations.format(most));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            var duration = Durations.parse(text.get());
            if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                return Optional.of(duration);
            }
            problems.add("millrace." + name + " is " + text.get() + "; it may be from " + Durations.format(least)
                    + " to " + Durations.format(most) + ".");
        } catch (IllegalArgumentException e) {
            problems.add("millrace." + name + " cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    // ---- words ----

    /** A URL may carry a password, as user information or as a parameter. */
    static String withoutSecrets(String url) {
        try {
            var parsed = URI.create(url.startsWith("jdbc:") ? url.substring(5) : url);
            var shown = parsed.getScheme() + "://" + parsed.getHost()
                    + (parsed.getPort() < 0 ? "" : ":" + parsed.getPort()) + parsed.getPath();
            return parsed.getHost() == null ? "(not shown)" : (url.startsWith("jdbc:") ? "jdbc:" : "") + shown;
        } catch (IllegalArgumentException e) {
            return "(not shown)";
        }
    }

    private String suggestion(String unknown) {
        String best = "";
        int least = 4;
        for (var name : known.keySet()) {
            int distance = distance(unknown, name);
            if (distance < least) {
                least = distance;
                best = name;
            }
        }
        return best.isEmpty() ? "" : " (did you mean " + best + "?)";
    }

    /** How many letters must be changed, added or left out (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                row[j] = Math.min(
                        Math.min(row[j], row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
