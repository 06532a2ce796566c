package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.RunFailure;
import dev.millrace.client.StartRefusedException;
import dev.millrace.connection.MillraceException;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.TaskState;
import dev.millrace.testing.Trip.Order;
import dev.millrace.testing.Trip.Ticket;
import dev.millrace.worker.MissingBindingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

@MillraceTest
class TestMillraceTest {
    private static final Order ORDER = new Order("A-1", 3);

    /** What happens at a call of a step, by the name of the step and how often it has been called; the test's world. */
    private final Map<String, Runnable> script = new HashMap<>();

    private final Map<String, Integer> calls = new HashMap<>();
    private final List<Instant> deadlines = new ArrayList<>();
    private final Trip trip = new Trip((step, context) -> {
        deadlines.add(context.deadline());
        script.getOrDefault(step + calls.merge(step, 1, Integer::sum), () -> {}).run();
    });

    @Test
    void whatNeedsNoTimeEndsAtOnce(TestMillrace millrace) {
        millrace.worker(trip);

        var run = millrace.start(Trip.class, ORDER);

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.result(Ticket.class)).isEqualTo(new Ticket(run.id() + "/pay", List.of(0, 1, 2)));
        assertThat(run.failure()).isEmpty();
        assertThat(run.stateOf("refund")).isEqualTo(TaskState.PENDING);
        assertThat(run.elementsOf("seat")).isEqualTo(3);
        assertThat(millrace.now()).isEqualTo(TestMillrace.BEGINNING);
    }

    @Test
    void attemptsRunInTheOrderInWhichTheyAreHandedOutHoweverManyThereAre(TestMillrace millrace) {
        var order = new ArrayList<String>();
        millrace.worker(
                new Trip((step, context) -> order.add(step + context.element().orElse(0))));

        var run = millrace.run(Trip.class, new Order("A-4", 2_000));

        assertThat(run.result(Ticket.class).seats()).hasSize(2_000).isSorted();
        assertThat(order.subList(0, 4)).containsExactly("pay0", "seat0", "seat1", "seat2");
    }

    @Test
    void aRetryTakesTheTimeOfItsBackoff(TestMillrace millrace) {
        millrace.worker(trip);
        script.put("pay1", fails("The bank is busy."));

        var run = millrace.start(Trip.class, ORDER);
        assertThat(run.stateOf("pay")).isEqualTo(TaskState.BACKING_OFF);
        assertThat(run.stateOf("seat")).isEqualTo(TaskState.SUCCEEDED);
        assertThat(run.hasEnded()).isFalse();

        millrace.advance(Duration.ofSeconds(10));
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.attemptsOf("pay")).isEqualTo(2);
        assertThat(millrace.now()).isEqualTo(TestMillrace.BEGINNING.plusSeconds(10));
    }

    @Test
    void awaitingARunTurnsTheClockAsFarAsItMust(TestMillrace millrace) {
        millrace.worker(trip);
        script.put("pay1", fails("The bank is busy."));

        var run = millrace.run(Trip.class, ORDER);

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(millrace.now())
                .isAfter(TestMillrace.BEGINNING)
                .isBeforeOrEqualTo(TestMillrace.BEGINNING.plusSeconds(10));
    }

    @Test
    void whatWasDoneIsUndoneWhenAStepFails(TestMillrace millrace) {
        millrace.worker(trip);
        script.put("issue1", fails("The printer is out."));
        script.put("issue2", fails("The printer is out."));

        var run = millrace.run(Trip.class, ORDER);

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.compensated()).isTrue();
        assertThat(run.attemptsOf("issue")).isEqualTo(2);
        assertThat(trip.told)
                .containsExactly("refunded " + run.id() + "/pay", "sorry A-1: STEP_FAILED, The printer is out.");
        assertThat(run.failure()).hasValueSatisfying(failure -> {
            assertThat(failure.reason()).isEqualTo(RunFailure.Reason.FAILED);
            assertThat(failure.firstFailure().orElseThrow().step()).isEqualTo("issue");
            assertThat(failure.firstFailure().orElseThrow().type()).isEqualTo("java.lang.IllegalStateException");
        });
        assertThatThrownBy(() -> run.result(Ticket.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is FAILED (The printer is out.)");
    }

    @Test
    void aStepThatTurnsTheClockTakesThatLong(TestMillrace millrace) {
        millrace.worker(trip);
        script.put("pay1", () -> {
            millrace.advance(Duration.ofMinutes(2));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });
        script.put(
                "pay2",
                () -> assertThat(Thread.currentThread().isInterrupted())
                        .as("the interrupt of the first attempt")
                        .isFalse());

        var run = millrace.run(Trip.class, ORDER);

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.attemptsOf("pay")).isEqualTo(2);
        assertThat(run.history()).anyMatch(line -> line.endsWith("pay attempt 1 TIMED_OUT"));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void deadlinesAreToldByTheClockOfTheTest(TestMillrace millrace) {
        millrace.worker(trip);
        millrace.advance(Duration.ofDays(3));

        millrace.start(Trip.class, ORDER);

        assertThat(deadlines)
                .contains(TestMillrace.BEGINNING.plus(Duration.ofDays(3)).plus(Duration.ofMinutes(1)));
    }

    @Test
    void aLimitOfCallsHoldsInTheTimeOfTheTest(TestMillrace millrace) {
        millrace.worker(trip);

        var run = millrace.run(Trip.class, new Order("A-2", 25));

        assertThat(run.result(Ticket.class).seats()).hasSize(25);
        assertThat(millrace.now()).isAfterOrEqualTo(TestMillrace.BEGINNING.plusMillis(1_500));
    }

    @Test
    void aRunThatTakesTooLongTimesOut(TestMillrace millrace) {
        millrace.worker(trip);
        script.put("pay1", fails("The bank is busy."));

        var run = millrace.start(Trip.class, ORDER, o -> o.deadline(Duration.ofSeconds(1)))
                .await();

        assertThat(run.state()).isEqualTo(RunState.TIMED_OUT);
        assertThat(run.failure().orElseThrow().reason()).isEqualTo(RunFailure.Reason.TIMED_OUT);
        assertThat(trip.told).singleElement().asString().startsWith("sorry A-1: RUN_TIMEOUT");
    }

    @Test
    void aRunIsCancelled(TestMillrace millrace) {
        millrace.worker(trip);
        script.put("issue1", fails("Not now."));
        var run = millrace.start(Trip.class, ORDER);

        assertThat(run.cancel("changed my mind")).isTrue();

        assertThat(run.await().state()).isEqualTo(RunState.CANCELLED);
        assertThat(trip.told).containsExactly("refunded " + run.id() + "/pay");
        assertThat(run.cancel("again")).isFalse();
    }

    @Test
    void whatAKilledWorkerRanIsRunByAnother(TestMillrace millrace) {
        var first = millrace.worker(trip);
        script.put("pay1", first::kill);
        var run = millrace.start(Trip.class, ORDER);
        assertThat(run.hasEnded()).isFalse();

        millrace.worker(trip);
        millrace.advance(Duration.ofSeconds(9));
        assertThat(run.stateOf("pay")).isEqualTo(TaskState.RUNNING);
        millrace.advance(Duration.ofSeconds(1));

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.attemptsOf("pay")).isEqualTo(2);
        assertThatThrownBy(first::connect).hasMessageContaining("was killed");
    }

    @Test
    void whatEndsWithoutAConnectionIsToldWithTheNext(TestMillrace millrace) {
        var worker = millrace.worker(trip);
        script.put("pay1", worker::disconnect);
        var run = millrace.start(Trip.class, ORDER);
        assertThat(run.stateOf("pay")).isEqualTo(TaskState.RUNNING);

        worker.connect();

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.attemptsOf("pay")).isEqualTo(1);
    }

    @Test
    void nothingIsLostWhenTheControlPlaneDies(TestMillrace millrace) {
        millrace.worker(trip);
        script.put("pay1", fails("The bank is busy."));
        var run = millrace.start(Trip.class, ORDER);

        millrace.crash();
        assertThat(run.stateOf("pay")).isEqualTo(TaskState.BACKING_OFF);

        assertThat(run.await().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.attemptsOf("pay")).isEqualTo(2);
        assertThat(calls).containsEntry("seat", 3);
    }

    @Test
    void aStepThatRunsWhileTheControlPlaneDiesIsNotRunAgain(TestMillrace millrace) {
        millrace.worker(trip);
        script.put("pay1", millrace::crash);

        var run = millrace.run(Trip.class, ORDER);

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.attemptsOf("pay")).isEqualTo(1);
        assertThat(calls).containsEntry("pay", 1);
    }

    @Test
    void aTestRepeatsItselfExactly(TestMillrace millrace) {
        var history = new AtomicReference<List<String>>();
        for (int i = 0; i < 2; i++) {
            calls.clear();
            var fresh = TestMillrace.create();
            fresh.worker(trip);
            script.put("pay1", fails("The bank is busy."));
            var run = fresh.run(Trip.class, new Order("A-3", 30));
            history.compareAndSet(null, run.history());
            assertThat(run.history()).isEqualTo(history.get()).hasSizeGreaterThan(60);
            assertThat(run.id()).startsWith("019b76da-a800-7000-8000-");
        }
    }

    @Test
    void oneKeyStartsOneRun(TestMillrace millrace) {
        millrace.worker(trip);

        var first = millrace.start(Trip.class, ORDER, o -> o.idempotencyKey("A-1"));
        var second = millrace.start(Trip.class, ORDER, o -> o.idempotencyKey("A-1"));

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(calls).containsEntry("pay", 1);
        assertThatThrownBy(() -> millrace.start(Trip.class, new Order("B", 1), o -> o.idempotencyKey("A-1")))
                .isInstanceOf(StartRefusedException.class)
                .extracting(e -> ((MillraceException) e).code())
                .isEqualTo("IDEMPOTENCY_CONFLICT");
    }

    @Test
    void anInputThatTheSchemaDoesNotAllowIsRefused(TestMillrace millrace) {
        millrace.worker(trip);

        assertThatThrownBy(() -> millrace.start(Trip.class, new Order(null, 1)))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("$.id");
    }

    @Test
    void aRunThatNobodyServesFailsAfterItsQueueTimeout(TestMillrace millrace) {
        millrace.worker(trip).kill();

        var run = millrace.run(Trip.class, ORDER);

        assertThat(run.failure().orElseThrow().code()).isEqualTo("NO_COMPATIBLE_WORKER");
        assertThat(millrace.now()).isAfterOrEqualTo(TestMillrace.BEGINNING.plus(Duration.ofDays(1)));
    }

    @Test
    void whatCannotBeServedOrStartedIsToldWithWhatToDo(TestMillrace millrace) {
        assertThatThrownBy(() -> millrace.worker("text")).isInstanceOf(MissingBindingException.class);
        assertThatThrownBy(() -> millrace.start(Trip.class, ORDER))
                .hasMessageContaining("millrace.worker(new Trip(…))");
        assertThatThrownBy(() -> millrace.advance(Duration.ofSeconds(-1))).hasMessageContaining("PT-1S");
        millrace.worker(trip);
        assertThatThrownBy(() -> millrace.start(Trip.class, ORDER).attemptsOf("payy"))
                .hasMessageContaining("has no step 'payy'; it has [pay, wish, seat, issue]");
    }

    private static Runnable fails(String message) {
        return () -> {
            throw new IllegalStateException(message);
        };
    }
}
