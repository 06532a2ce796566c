package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.Sharing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What people set at run time holds at once, and instead of what manifests say. */
class TenantConfigTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final RateLimitSpec SLOW = new RateLimitSpec("bank", 1, Duration.ofHours(1), 1);
    private static final RateLimitSpec FAST = new RateLimitSpec("bank", 100, Duration.ofSeconds(1), 100);

    private final EngineHarness engine = new EngineHarness();

    private final VersionRef one = engine.define(workflow("order").step("charge").build().toBuilder()
            .sharing(new Sharing(
                    List.of(new ConcurrencySpec("desk", "", 1, ConcurrencyStrategy.QUEUE)), Optional.empty()))
            .build());

    private void set(TenantConfig config) {
        engine.send(new Command.ConfigChanged(EngineHarness.TENANT, config));
    }

    private static TenantConfig desk(int limit) {
        return new TenantConfig(Map.of("desk", limit), Map.of(), Map.of(), Set.of());
    }

    private FakeWorker worker(VersionRef version) {
        return engine.worker(9, version).on("charge", any -> value("1", LONG));
    }

    private List<LimitStatus> limits() {
        return ((Reply.LimitsRead) engine.ask(replyTo -> new Command.ReadLimits(replyTo, EngineHarness.TENANT)))
                .limits();
    }

    @Test
    void aConcurrencyLimitIsRaisedAndLoweredAndLoweringEndsNobody() {
        var worker = worker(one);
        for (int i = 0; i < 6; i++) {
            engine.start(one);
        }
        assertThat(worker.assigned()).hasSize(1);
        set(desk(3));
        assertThat(worker.assigned()).hasSize(3);
        assertThat(limits())
                .containsExactly(new LimitStatus.Concurrency("desk", 1, 3, List.of(new LimitStatus.Usage("", 3, 3))));
        set(desk(2));
        assertThat(worker.assigned()).as("none is cancelled").hasSize(3);
        engine.advance(LONG);
        assertThat(worker.assigned()).hasSize(5);
        set(TenantConfig.NONE);
        engine.advance(LONG);
        assertThat(worker.assigned()).as("the manifest holds again").hasSize(6);
    }

    @Test
    void whatTheTasksOfAWorkflowWaitForIsCountedByGate() {
        worker(one);
        for (int i = 0; i < 4; i++) {
            engine.start(one);
        }
        var explained = (Reply.WorkflowExplained)
                engine.ask(replyTo -> new Command.ExplainWorkflow(replyTo, EngineHarness.TENANT, "order"));
        assertThat(explained.crowds()).singleElement().satisfies(crowd -> {
            assertThat(crowd.tasks()).isEqualTo(3);
            assertThat(crowd.hold().gate()).isEqualTo(Hold.Gate.RUN_CONCURRENCY);
            assertThat(crowd.hold().name()).isEqualTo("desk");
        });
        assertThat(engine.ask(replyTo -> new Command.ExplainWorkflow(replyTo, EngineHarness.TENANT, "none")))
                .isEqualTo(new Reply.WorkflowExplained(List.of(), Optional.empty()));
    }

    @Test
    void aRateLimitIsChangedWhileTasksWaitForIt() {
        var version = engine.define(workflow("pay")
                .limit("bank", 1, Duration.ofHours(1), 1)
                .step("charge", step -> step.limit("bank", 1))
                .build());
        var worker = worker(version);
        for (int i = 0; i < 4; i++) {
            engine.start(version);
        }
        assertThat(worker.assigned()).hasSize(1);
        assertThat(limits())
                .contains(new LimitStatus.Rate(
                        "bank", Optional.of(SLOW), Optional.of(SLOW), List.of(new LimitStatus.Usage("", 1, 3))));
        set(new TenantConfig(Map.of(), Map.of("bank", FAST), Map.of(), Set.of()));
        engine.advance(Duration.ofSeconds(1));
        assertThat(worker.assigned()).hasSize(4);
    }

    @Test
    void aPausedWorkflowBeginsNoRunAndEndsThoseThatHaveBegun() {
        var version = engine.define(
                workflow("two").step("charge").step("ship", "charge").build());
        var worker = worker(version);
        var begun = engine.start(version);
        set(new TenantConfig(Map.of(), Map.of(), Map.of("two", new TenantConfig.Pause(engine.now(), "ada")), Set.of()));
        var waits = engine.start(version);
        engine.advance(LONG);
        assertThat(engine.run(begun).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.run(waits).state()).isEqualTo(RunState.QUEUED);
        assertThat(worker.assigned()).hasSize(2);
        set(TenantConfig.NONE);
        engine.advance(LONG);
        assertThat(engine.run(waits).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aPausedWorkerGetsNoMoreAttemptsAndKeepsThoseItHas() {
        var worker = worker(one);
        var first = engine.start(one);
        var id = ((Reply.WorkersRead) engine.ask(replyTo -> new Command.ReadWorkers(replyTo, EngineHarness.TENANT)))
                .workers()
                .get(0)
                .info()
                .id();
        set(new TenantConfig(Map.of("desk", 9), Map.of(), Map.of(), Set.of(id)));
        engine.start(one);
        assertThat(worker.assigned()).hasSize(1);
        var status = ((Reply.WorkersRead) engine.ask(replyTo -> new Command.ReadWorkers(replyTo, EngineHarness.TENANT)))
                .workers()
                .get(0);
        assertThat(status.paused()).isTrue();
        assertThat(status.slotsTaken()).isEqualTo(1);
        engine.advance(LONG);
        assertThat(engine.run(first).state()).isEqualTo(RunState.SUCCEEDED);
        set(TenantConfig.NONE);
        assertThat(worker.assigned()).hasSize(2);
    }

    @Test
    void aLimitThatLetsNobodyGoOnIsRefused() {
        assertThatThrownBy(() -> desk(0)).hasMessageContaining("desk").hasMessageContaining("0");
    }
}
