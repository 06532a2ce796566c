package dev.millrace.controlplane.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.engine.TenantId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What has ended stays as it is, in the database too. */
class FinishedRunsTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "f-" + UUID.randomUUID();

    private static int execute(String sql, String run) throws SQLException {
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.prepareStatement(sql)) {
            statement.setObject(1, UUID.fromString(run));
            return statement.executeUpdate();
        }
    }

    private String start() {
        return PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}")
                .text("runId");
    }

    /** Waits until lists show the run so. */
    private void projected(String run, String state) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        var page = "";
        while (System.nanoTime() < end) {
            page = PLANE.ask("GET", "/api/v1/runs?workflow=" + workflow + "&state=" + state, "")
                    .body();
            if (page.contains(run)) {
                return;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("The run is not projected as " + state + ": " + page);
    }

    private String finished() {
        var version = Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start();
            projected(run, "RUNNING");
            var attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
            worker.succeed(attempt, "1");
            projected(run, "SUCCEEDED");
            return run;
        }
    }

    @Test
    void notEvenTheOwnerOfTheTablesChangesARunThatHasEnded() throws SQLException {
        var run = finished();
        for (var change : List.of(
                "UPDATE core.run SET state = 1 WHERE run_id = ?",
                "UPDATE core.run SET image = '' WHERE run_id = ?",
                "UPDATE core.run SET history = '' WHERE run_id = ?",
                "DELETE FROM core.run WHERE run_id = ?",
                "UPDATE core.run_history SET body = '' WHERE run_id = ?",
                "DELETE FROM core.run_history WHERE run_id = ?",
                "UPDATE analytics.run SET state = 4 WHERE run_id = ?",
                "DELETE FROM analytics.run WHERE run_id = ?",
                "UPDATE analytics.task SET failure_message = 'no' WHERE run_id = ?",
                "DELETE FROM analytics.task WHERE run_id = ?")) {
            assertThatThrownBy(() -> execute(change, run))
                    .as(change)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("what has ended is not changed")
                    .hasMessageContaining(run);
        }
        assertThat(execute("UPDATE core.run SET image = image WHERE run_id = ?", run))
                .as("no change is none")
                .isOne();
    }

    @Test
    void aReplaySaysThatItIsALaterGeneration() throws SQLException {
        var run = finished();
        assertThat(execute("UPDATE core.run SET state = 1, generation = 2 WHERE run_id = ?", run))
                .isOne();
        assertThat(execute("UPDATE analytics.run SET state = 1, generation = 2 WHERE run_id = ?", run))
                .isOne();
    }

    @Test
    void whatARunWasBeforeItsReplayIsNotChangedEither() throws SQLException {
        var run = finished();
        execute(
                "INSERT INTO core.run_generation SELECT tenant_id, run_id, generation, state, workflow, version, image, NULL"
                        + " FROM core.run WHERE run_id = ?",
                run);
        for (var change : List.of(
                "UPDATE core.run_generation SET image = '' WHERE run_id = ?",
                "DELETE FROM core.run_generation WHERE run_id = ?")) {
            assertThatThrownBy(() -> execute(change, run))
                    .as(change)
                    .hasMessageContaining("what has ended is not changed");
        }
    }

    @Test
    void aRunThatGoesOnIsStillWritten() {
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        var run = start();
        projected(run, "QUEUED");
        assertThatCode(() -> execute("UPDATE analytics.run SET failed_step = 'x' WHERE run_id = ?", run))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> execute("UPDATE core.run SET history = 'x' WHERE run_id = ?", run))
                .as("but what is stored of its history stays")
                .hasMessageContaining("is refused");
    }

    @Test
    void requestsMayWriteNothingOfRuns() {
        var database = PLANE.context().getBean(RequestDatabase.class);
        for (var table : List.of(
                "core.run",
                "core.run_task",
                "core.run_history",
                "core.run_generation",
                "analytics.run",
                "analytics.task")) {
            for (var change : List.of("UPDATE " + table + " SET run_id = run_id", "DELETE FROM " + table)) {
                assertThatThrownBy(() -> database.inTenant(
                                new TenantId(UUID.randomUUID()),
                                connection -> connection.createStatement().executeUpdate(change)))
                        .as(change)
                        .isInstanceOf(DatabaseException.class)
                        .hasMessageContaining("42501");
            }
        }
    }
}
