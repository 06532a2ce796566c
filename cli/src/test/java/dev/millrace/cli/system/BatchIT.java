package dev.millrace.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.cli.system.batch.BatchWorker;
import dev.millrace.cli.system.batch.Book;
import dev.millrace.cli.system.batch.Payouts.Paid;
import dev.millrace.cli.system.batch.Payouts.Payee;
import dev.millrace.cli.system.batch.PayoutsClient;
import dev.millrace.cli.system.batch.Postings.Entry;
import dev.millrace.cli.system.batch.Postings.Posted;
import dev.millrace.cli.system.batch.PostingsClient;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunCancelledException;
import dev.millrace.client.RunFailedException;
import dev.millrace.client.RunHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batch steps with the real SDK, in a process of their own, against the real control plane. */
@Tag("system")
class BatchIT {
    private static Cli dev;
    private static String url;
    private static Path token;

    private Book book;
    private Path folder;
    private Process worker;
    private Millrace millrace;

    @BeforeAll
    static void startControlPlane() throws Exception {
        var project = Files.createDirectories(
                Path.of("target", "system tests", UUID.randomUUID().toString()).toAbsolutePath());
        dev = Cli.start(project, "dev", "--port", "0", "--grpc-port", "0", "-o", "json");
        await().atMost(Cli.DEADLINE).until(() -> dev.out().contains("tokenFile") || !dev.isAlive());
        assertThat(dev.isAlive()).as(dev.err()).isTrue();
        var told = new ObjectMapper().readTree(dev.out());
        url = told.get("url").asText();
        token = Path.of(told.get("tokenFile").asText());
    }

    @AfterAll
    static void stopControlPlane() throws Exception {
        if (dev != null) {
            dev.signal("TERM");
            dev.awaitExit();
            dev.close();
        }
    }

    @BeforeEach
    void startWorker() throws Exception {
        folder = Files.createTempDirectory("batch");
        book = new Book(folder);
        worker = work();
        millrace = Millrace.builder().url(url).tokenFile(token).connect();
    }

    @AfterEach
    void stopWorker() {
        if (millrace != null) {
            millrace.close();
        }
        if (worker != null) {
            worker.destroyForcibly();
        }
    }

    private Process work() throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BatchWorker.class.getName(),
                        url,
                        token.toString(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("worker.log").toFile())
                .start();
        process.getOutputStream().close();
        await().atMost(Cli.DEADLINE).until(() -> book.isOpen() || !process.isAlive());
        assertThat(process.isAlive()).as(this::log).isTrue();
        return process;
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("worker.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void awaitLines(int count) {
        await().atMost(Cli.DEADLINE).until(() -> book.lines().size() >= count);
    }

    private List<RunHandle<Posted>> post(String... ids) {
        return postTo("sales", ids);
    }

    private List<RunHandle<Posted>> postTo(String ledger, String... ids) {
        var client = new PostingsClient(millrace);
        return Stream.of(ids).map(id -> client.start(new Entry(ledger, id))).toList();
    }

    private static <R> R result(RunHandle<R> run) {
        return run.result(Cli.DEADLINE);
    }

    @Test
    void runsShareACallAndEachHasItsOwnResultRetryAndFailure() throws Exception {
        var runs = post("a", "twice-b", "c");
        assertThat(result(runs.get(0))).isEqualTo(new Posted("a", 3));
        assertThat(result(runs.get(2))).isEqualTo(new Posted("c", 3));
        assertThat(result(runs.get(1))).as("tried again by itself").isEqualTo(new Posted("twice-b", 1));
        assertThat(book.lines()).containsExactly("post a c twice-b", "post twice-b");
    }

    @Test
    void onlyTasksOfOneKeyShareACallAndTheFirstWaitsForOthersNoLongerThanItSays() throws Exception {
        var sales = postTo("sales", "a", "b");
        var wages = postTo("wages", "c");
        assertThat(result(sales.get(0))).isEqualTo(new Posted("a", 2));
        assertThat(result(sales.get(1))).isEqualTo(new Posted("b", 2));
        assertThat(result(wages.get(0))).isEqualTo(new Posted("c", 1));
        assertThat(book.lines()).containsExactlyInAnyOrder("post a b", "post c");
    }

    @Test
    void aCancelledRunLeavesACallThatGoesOnForTheOthers() throws Exception {
        var runs = post("held-a", "held-b", "held-c");
        awaitLines(1);
        assertThat(runs.get(1).cancel("changed my mind")).isTrue();
        assertThatThrownBy(() -> result(runs.get(1))).isInstanceOf(RunCancelledException.class);
        book.leave();
        assertThat(result(runs.get(0))).isEqualTo(new Posted("held-a", 3));
        assertThat(result(runs.get(2))).isEqualTo(new Posted("held-c", 3));
        assertThat(book.lines()).as("one call, which nobody interrupted").containsExactly("post held-a held-b held-c");
    }

    @Test
    void whatALostWorkerHadGoesTogetherAgain() throws Exception {
        var runs = post("held-a", "held-b", "held-c");
        awaitLines(1);
        worker.destroyForcibly().waitFor();
        book.leave();
        worker = work();
        for (var run : runs) {
            assertThat(result(run).together()).isEqualTo(3);
        }
        assertThat(book.lines()).containsExactly("post held-a held-b held-c", "post held-a held-b held-c");
    }

    @Test
    void whatMayRunOnlyOnceIsNotCalledAgainForAnyOfThem() throws Exception {
        var client = new PayoutsClient(millrace);
        List<RunHandle<Paid>> runs = List.of(client.start(new Payee("held-a")), client.start(new Payee("held-b")));
        awaitLines(1);
        worker.destroyForcibly().waitFor();
        book.leave();
        worker = work();
        for (var run : runs) {
            assertThatThrownBy(() -> result(run)).isInstanceOf(RunFailedException.class);
        }
        assertThat(result(client.start(new Payee("c"))))
                .as("what comes later is served")
                .isEqualTo(new Paid("c", 1));
        assertThat(book.lines()).containsExactly("pay held-a held-b", "pay c");
    }
}
