package dev.millrace.controlplane.triggers.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.tenancy.UuidV7;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.controlplane.triggers.events.LogEntry.Outcome;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import io.micronaut.context.event.StartupEvent;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A server died between storing an event and starting what it starts, or between that and storing that it has. */
class OpenEventsTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final EventRows rows = PLANE.context().getBean(EventRows.class);
    private final EventStarts starts = PLANE.context().getBean(EventStarts.class);
    private final String workflow = "w-" + UUID.randomUUID();

    private static UUID id(String sql) {
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.createStatement();
                var found = statement.executeQuery(sql)) {
            found.next();
            return found.getObject(1, UUID.class);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An event that is stored and that nobody works on. */
    private StoredEvent left() {
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        var tenant = new TenantId(id("SELECT tenant_id FROM core.tenant WHERE name = 'default'"));
        var service = new ServiceId(id("SELECT service_id FROM core.service s JOIN core.tenant t USING (tenant_id)"
                + " WHERE t.name = 'default' AND s.name = 'default'"));
        var entry = new LogEntry(UUID.randomUUID(), workflow, service, Outcome.PENDING, Optional.empty(), "", "");
        var event = new StoredEvent(
                tenant,
                UuidV7.next(),
                "",
                service,
                Optional.empty(),
                "left.behind",
                "",
                Map.of("a", "b"),
                "{\"cents\":3}".getBytes(StandardCharsets.UTF_8),
                new EventLog(List.of(entry), 0));
        rows.store(tenant, List.of(event), Map.of());
        return event;
    }

    private StoredEvent started(StoredEvent event) {
        PLANE.context().getBean(OpenEvents.class).started(new StartupEvent(PLANE.context()));
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var now = rows.find(event.tenant(), event.id()).orElseThrow();
            if (!now.isOpen()) {
                return now;
            }
            assertThat(System.nanoTime()).as("still open").isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void whatACrashLeftIsStartedWhenTheServerStarts() {
        var event = left();

        var log = started(event).log();

        assertThat(log.entries()).hasSize(1);
        assertThat(log.entries().get(0).outcome()).isEqualTo(Outcome.STARTED);
        var run = PLANE.ask("GET", "/api/v1/runs/" + log.entries().get(0).run().orElseThrow(), "");
        assertThat(run.status()).isEqualTo(200);
        assertThat(run.body()).contains("\"cents\":3");
    }

    @Test
    void whatWasStartedBeforeTheCrashIsNotStartedAgain() throws Exception {
        var event = left();
        starts.start(event, false).toCompletableFuture().get(20, TimeUnit.SECONDS);
        var first = rows.find(event.tenant(), event.id())
                .orElseThrow()
                .log()
                .entries()
                .get(0)
                .run();
        // As if the end had not been stored.
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.prepareStatement(
                        "UPDATE core.event SET state = 0, log = ? WHERE tenant_id = ? AND event_id = ?")) {
            statement.setBytes(1, event.log().bytes());
            statement.setObject(2, event.tenant().value());
            statement.setObject(3, event.id());
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }

        assertThat(started(event).log().entries().get(0).run()).isEqualTo(first).isPresent();
    }

    @Test
    void theRequestOfAStartIsTheSameForTheSameEventAndFilterAndAsOldAsTheEvent() {
        var event = UuidV7.next();
        var filter = UUID.randomUUID();

        var request = EventStarts.request(event, filter);

        assertThat(request).isEqualTo(EventStarts.request(event, filter));
        assertThat(request).isNotEqualTo(EventStarts.request(event, UUID.randomUUID()));
        assertThat(request.version()).isEqualTo(7);
        assertThat(request.variant()).isEqualTo(2);
        assertThat(request.getMostSignificantBits() >>> 16).isEqualTo(event.getMostSignificantBits() >>> 16);
    }

    @Test
    void aLogIsReadAsItWasWritten() {
        var service = new ServiceId(UUID.randomUUID());
        var log = new EventLog(
                List.of(
                        new LogEntry(
                                UUID.randomUUID(),
                                "a",
                                service,
                                Outcome.STARTED,
                                Optional.of(UUID.randomUUID()),
                                "",
                                ""),
                        new LogEntry(
                                UUID.randomUUID(),
                                "b",
                                service,
                                Outcome.REFUSED,
                                Optional.empty(),
                                "CODE",
                                "Why \"not\".")),
                7);

        assertThat(EventLog.read(log.bytes())).isEqualTo(log);
        assertThat(EventLog.read(EventLog.NOTHING.bytes())).isEqualTo(EventLog.NOTHING);
    }

    @Test
    void oldDaysGoWithTheirKeysUnlessAnEventIsOpen() throws Exception {
        var upkeep = PLANE.context().getBean(EventUpkeep.class);
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CALL core.add_event_days('2026-01-01', 2)");
            statement.execute("""
                    INSERT INTO core.event SELECT t.tenant_id, core.first_run_id(d), t.tenant_id, NULL, s, 'old', '', '', '{}', '1', ''
                    FROM core.tenant t, (VALUES ('2026-01-01T10:00:00Z'::timestamptz, 1), ('2026-01-02T10:00:00Z', 0)) AS v(d, s)
                    WHERE t.name = 'default'""");
            statement.execute("""
                    INSERT INTO core.event_key SELECT t.tenant_id, 'old-key', core.first_run_id('2026-01-01T10:00:00Z')
                    FROM core.tenant t WHERE t.name = 'default'""");

            upkeep.sweep();

            try (var found = statement.executeQuery(
                    "SELECT to_regclass('core.event_20260101'), to_regclass('core.event_20260102'),"
                            + " (SELECT count(*) FROM core.event_key WHERE key = 'old-key')")) {
                found.next();
                assertThat(found.getString(1)).isNull();
                assertThat(found.getString(2)).isNotNull();
                assertThat(found.getInt(3)).isZero();
            }
            statement.execute("UPDATE core.event SET state = 1 WHERE name = 'old'");
            upkeep.sweep();
            try (var found = statement.executeQuery("SELECT to_regclass('core.event_20260102')")) {
                found.next();
                assertThat(found.getString(1)).isNull();
            }
        }
    }
}
