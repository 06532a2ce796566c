package dev.millrace.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.samples.orders.Order;
import dev.millrace.samples.orders.OrderFile;
import dev.millrace.samples.orders.simulated.ExpectedEnd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole product: command, control plane, PostgreSQL and worker, each a real process. */
@Tag("system")
class SystemIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Path project;

    @BeforeEach
    void makeProject() throws IOException {
        // Beside the build's other files and kept, so that its logs can be read when a test has failed.
        project = Files.createDirectories(
                Path.of("target", "system tests", UUID.randomUUID().toString()).toAbsolutePath());
    }

    @Test
    void everyOrderEndsAsItMustThoughTheWorkerIsKilled() throws Exception {
        var orders = OrderFile.bundled().subList(0, 150);
        try (var demo = Cli.run(
                project, "demo", "--orders", "150", "--crash", "--port", "0", "--grpc-port", "0", "-o", "json")) {
            assertThat(demo.awaitExit()).as(demo.err() + demo.out()).isZero();

            var result = json(demo);
            assertThat(demo.err()).contains("Killing the worker").contains("starting another one");
            assertThat(result.get("orders").asInt()).isEqualTo(150);
            assertThat(result.get("lost").asInt()).isZero();
            assertThat(result.get("asExpected").asBoolean()).isTrue();
            assertThat(result.get("succeeded").asLong()).isEqualTo(shipped(orders));
            assertThat(result.get("failed").asLong()).isEqualTo(150 - shipped(orders));
            assertThat(result.get("compensated").asInt()).isPositive();
            assertThat(result.get("retriedAttempts").asInt()).isPositive();
            assertThat(result.get("startMillis").get("over").asInt()).isEqualTo(15);
            assertThat(result.get("byEvent").asInt()).isEqualTo(13);
            assertThat(result.get("byWebhook").asInt()).isEqualTo(7);
            assertThat(result.get("tooManyRequests").asInt()).isPositive();
            assertThat(result.get("reconciliation").get("payments").asLong()).isEqualTo(shipped(orders));
            assertThat(result.get("reconciliation").get("reservations").asLong())
                    .isEqualTo(shipped(orders));
            assertThat(project.resolve(".millrace/processes")).isEmptyFile();
        }
    }

    @Test
    void ctrlCStopsEverythingThatStays() throws Exception {
        try (var demo = Cli.start(project, "demo", "--orders", "10", "--stay", "--port", "0", "--grpc-port", "0")) {
            await().atMost(Cli.DEADLINE).until(() -> demo.err().contains("Everything stays up") || !demo.isAlive());
            assertThat(demo.isAlive()).as(demo.err()).isTrue();
            assertThat(demo.out()).contains("shipped", "runs/s", "start p50/p99", "none was lost");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(project.resolve(".millrace/token"))))
                    .isEqualTo("rw-------");

            var inside = Files.createDirectories(project.resolve("src/main"));
            try (var list = Cli.run(inside, "runs", "list", "--workflow", "order-fulfilment", "-o", "json")) {
                assertThat(list.awaitExit()).as(list.err()).isZero();
                assertThat(json(list)).hasSize(10);
                var run = json(list).get(0).get("runId").asText();
                try (var get = Cli.run(inside, "runs", "get", run, "--wait")) {
                    assertThat(get.awaitExit()).as(get.err()).isIn(0, 10);
                    assertThat(get.out()).contains("price").contains("charge").contains("reserve");
                }
                try (var cancel = Cli.run(inside, "runs", "cancel", run)) {
                    assertThat(cancel.awaitExit()).as(cancel.err()).isEqualTo(5);
                    assertThat(cancel.err()).contains("RUN_FINISHED");
                }
            }
            try (var second = Cli.run(inside, "dev")) {
                assertThat(second.awaitExit()).isEqualTo(5);
                assertThat(second.err()).contains("Another millrace command is using");
            }

            var children = demo.children();
            demo.signal("INT");

            assertThat(demo.awaitExit()).isEqualTo(130);
            assertThat(demo.err())
                    .containsSubsequence("Stopping the order-fulfilment worker.", "Stopping the control plane.")
                    .doesNotContain("by force");
            assertAllGone(children);
            assertThat(project.resolve(".millrace/postgres/postmaster.pid"))
                    .as("PostgreSQL went in good order")
                    .doesNotExist();
            assertThat(project.resolve(".millrace/server.json")).doesNotExist();
        }
    }

    @Test
    void aKilledCommandLeavesNothingInTheWayOfTheNext() throws Exception {
        String run;
        try (var demo = Cli.start(project, "demo", "--orders", "3", "--stay", "--port", "0", "--grpc-port", "0")) {
            await().atMost(Cli.DEADLINE).until(() -> demo.err().contains("Everything stays up") || !demo.isAlive());
            assertThat(demo.isAlive()).as(demo.err()).isTrue();
            run = firstRun();
            demo.signal("KILL");
            demo.awaitExit();
        }

        try (var busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var dev = Cli.start(
                        project,
                        "dev",
                        "--port",
                        String.valueOf(busy.getLocalPort()),
                        "--grpc-port",
                        "0",
                        "-o",
                        "json")) {
            await().atMost(Cli.DEADLINE).until(() -> dev.out().contains("tokenFile") || !dev.isAlive());
            assertThat(dev.isAlive()).as(dev.err()).isTrue();
            assertThat(dev.err())
                    .contains("was left behind here by a command that was killed")
                    .contains("Port " + busy.getLocalPort() + " for the REST API is taken by another program");
            assertThat(json(dev).get("url").asText()).doesNotContain(":" + busy.getLocalPort());
            try (var get = Cli.run(project, "runs", "get", run)) {
                assertThat(get.awaitExit())
                        .as("what was stored before is still there: " + get.err())
                        .isZero();
            }

            var children = dev.children();
            dev.signal("TERM");

            assertThat(dev.awaitExit()).isEqualTo(143);
            assertAllGone(children);
        }
    }

    @Test
    void theForegroundServerEndsAsItsProgramEnds() throws Exception {
        try (var server =
                Cli.run(project, "server", "--database-url", "jdbc:mysql://db/x", "--port", "0", "--grpc-port", "0")) {
            assertThat(server.awaitExit()).isEqualTo(78);
            assertThat(server.err()).contains("jdbc:mysql://db/x").contains("jdbc:postgresql://");
        }
    }

    private String firstRun() throws Exception {
        try (var list = Cli.run(project, "runs", "list", "--limit", "1", "-o", "ids")) {
            assertThat(list.awaitExit()).as(list.err()).isZero();
            return list.out().strip();
        }
    }

    private static void assertAllGone(List<ProcessHandle> processes) {
        assertThat(processes).isNotEmpty();
        await().atMost(Cli.DEADLINE).until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    private static long shipped(List<Order> orders) {
        return orders.stream()
                .filter(order -> ExpectedEnd.of(order) == ExpectedEnd.SHIPPED)
                .count();
    }

    private static JsonNode json(Cli cli) throws IOException {
        return MAPPER.readTree(cli.out());
    }
}
