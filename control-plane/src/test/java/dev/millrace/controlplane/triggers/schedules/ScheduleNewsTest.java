package dev.millrace.controlplane.triggers.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.store.Database;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.Workflow;
import io.micronaut.inject.qualifiers.Qualifiers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ScheduleNewsTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void whatOneInstanceChangesTheOthersKnowWithoutAskingAgainAndAgain() {
        var workflow = "w-" + UUID.randomUUID();
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        var context = PLANE.context();
        // Its time stands still, so it would never ask by itself again.
        var other = new Clockwork(
                context.getBean(ScheduleRows.class),
                context.getBean(TickStarts.class),
                Clock.fixed(Instant.now(), ZoneOffset.UTC));
        other.turn();
        var news = new ScheduleNews(context.getBean(Database.class), other);
        news.listen();
        try {
            var made = PLANE.ask(
                    "POST",
                    "/api/v1/schedules",
                    "{\"workflow\":\"" + workflow + "\",\"name\":\"daily\",\"every\":\"24h\",\"input\":{\"cents\":1}}");
            assertThat(made.status()).as(made.body()).isEqualTo(201);
            var schedule = UUID.fromString(made.text("scheduleId"));
            long end = System.nanoTime() + LIMIT.toNanos();
            while (other.progress(schedule).isEmpty()) {
                assertThat(System.nanoTime()).isLessThan(end);
                LockSupport.parkNanos(5_000_000);
                other.turn();
            }
        } finally {
            news.close();
        }
    }

    @Test
    void schedulesGoByTheTimeThatAllInstancesShare() {
        var shared = PLANE.context().getBean(Clock.class, Qualifiers.byName(SharedClock.NAME));
        var shards = PLANE.context().getBean(Shards.class);
        var before = shards.now();
        assertThat(shared.instant()).isBetween(before, shards.now());
    }
}
