package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.worker.LocalWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@MillraceTest
class RecordedRunTest {
    private static final String RUN = "019b7a3c-5c00-7c1a-9b2d-3f4e5a6b7c8d";
    private static final String SEAT_GONE = """
            {"code":"STEP_FAILED","type":"java.lang.IllegalStateException","message":"seat 1 is gone","step":"seat"}""";

    @TempDir
    private Path directory;

    private final List<String> calls = new ArrayList<>();

    /** A trip of two seats: paid, wished, the first seat taken; the second failed. */
    private RecordedRun recorded() {
        return read(LocalWorker.manifestOf(Trip.class));
    }

    private RecordedRun read(String manifest) {
        return RecordedRun.read(write("{\"format\":\"millrace-run/1\",\"exportedAt\":\"2026-03-01T10:00:00Z\",\"run\":"
                + """
                {"runId":"%s","workflow":"trip","version":"%s","state":"FAILED","compensated":true,"generation":1,"priority":"HIGH",
                 "createdAt":"2026-03-01T09:00:00Z","metadata":{"channel":"web"},"input":{"id":"T-1","seats":2},"failure":%s,
                 "addedLater":true,
                 "tasks":[
                  {"step":"pay","kind":"STEP","state":"SUCCEEDED","attempts":[],"output":{"number":"recorded-7"}},
                  {"step":"wish","kind":"STEP","state":"SUCCEEDED","attempts":[],"output":[{"seat":0},{"seat":1}]},
                  {"step":"seat","kind":"STEP","element":0,"state":"SUCCEEDED","attempts":[],"output":{"number":100}},
                  {"step":"seat","kind":"STEP","element":1,"state":"FAILED","attempts":[],"failure":%s},
                  {"step":"issue","kind":"STEP","state":"CANCELLED","attempts":[]}]}""".formatted(RUN, "0".repeat(64), SEAT_GONE, SEAT_GONE) + ",\"history\":[],\"manifest\":" + manifest
                + "}"));
    }

    private Path write(String text) {
        try {
            return Files.writeString(directory.resolve("run.json"), text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Trip trip(boolean broken) {
        return new Trip((step, context) -> {
            calls.add(step);
            if (broken && step.equals("seat")) {
                throw new IllegalStateException("seat 1 is gone");
            }
            assertThat(context.runId()).isEqualTo(RUN);
            assertThat(context.metadata()).containsEntry("channel", "web");
        });
    }

    @Test
    void whatSucceededIsAnsweredFromTheRecordingAndTheRestIsExecuted(TestMillrace millrace) {
        var replay = millrace.replay(recorded(), trip(false)).requireSuccess();

        assertThat(calls).containsExactly("seat", "issue");
        assertThat(replay.answered()).containsExactlyInAnyOrder("pay", "wish", "seat");
        assertThat(replay.run().result(Trip.Ticket.class)).isEqualTo(new Trip.Ticket("recorded-7", List.of(100, 1)));
        assertThat(millrace.now()).isEqualTo(Instant.parse("2026-03-01T09:00:00Z"));
        assertThat(replay.differences()).isEmpty();
    }

    @Test
    void aTestFailsWhereTheRunFailed(TestMillrace millrace) {
        var replay = millrace.replay(recorded(), trip(true));

        assertThat(replay.reproduces()).isTrue();
        assertThat(replay.requireSameFailure()).isSameAs(replay);
        assertThatThrownBy(replay::requireSuccess)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("It failed in step seat[1]: java.lang.IllegalStateException: seat 1 is gone")
                .hasMessageContaining("at dev.millrace.testing.RecordedRunTest")
                .hasMessageContaining("That is where and how the recorded run failed.")
                .hasMessageContaining("seat[1] attempt 1 FAILED");
    }

    @Test
    void anotherFailureIsToldBesideTheRecordedOne(TestMillrace millrace) {
        var replay = millrace.replay(recorded(), new Trip((step, context) -> {
            if (step.equals("issue")) {
                throw new IllegalArgumentException("no paper");
            }
        }));

        assertThat(replay.reproduces()).isFalse();
        assertThatThrownBy(replay::requireSameFailure)
                .hasMessageContaining("It failed in step issue: java.lang.IllegalArgumentException: no paper")
                .hasMessageContaining(
                        "The recorded run failed in step seat[1]: java.lang.IllegalStateException: seat 1 is gone");
    }

    @Test
    void stepsAreExecutedOnRequest(TestMillrace millrace) {
        millrace.replay(recorded().executing("pay"), trip(false)).requireSuccess();
        assertThat(calls).containsExactly("pay", "seat", "issue");
    }

    @Test
    void allStepsAreExecutedOnRequest(TestMillrace millrace) {
        var replay = millrace.replay(recorded().executingAll(), trip(false)).requireSuccess();

        assertThat(calls).containsExactlyInAnyOrder("pay", "seat", "seat", "issue");
        assertThat(replay.answered()).isEmpty();
    }

    /** The same trip run again: paid anew, with a seat less. */
    private RecordedRun secondGeneration() {
        var first = """
                {"runId":"%s","workflow":"trip","version":"%s","state":"FAILED","compensated":true,"generation":1,"priority":"HIGH",
                 "createdAt":"2026-03-01T09:00:00Z","metadata":{"channel":"web"},"input":{"id":"T-1","seats":2},"failure":%s,
                 "tasks":[
                  {"step":"pay","kind":"STEP","state":"SUCCEEDED","attempts":[],"output":{"number":"recorded-7"}},
                  {"step":"wish","kind":"STEP","state":"SUCCEEDED","attempts":[],"output":[{"seat":0},{"seat":1}]},
                  {"step":"seat","kind":"STEP","element":0,"state":"SUCCEEDED","attempts":[],"output":{"number":100}},
                  {"step":"seat","kind":"STEP","element":1,"state":"FAILED","attempts":[],"failure":%s},
                  {"step":"issue","kind":"STEP","state":"CANCELLED","attempts":[]}]}""".formatted(RUN, "0".repeat(64), SEAT_GONE, SEAT_GONE);
        var second = first.replace("\"generation\":1", "\"generation\":2")
                .replace("\"seats\":2", "\"seats\":1")
                .replace("recorded-7", "recorded-8")
                .replace("[{\"seat\":0},{\"seat\":1}]", "[{\"seat\":0}]")
                .replaceAll("(?m)^.*\"element\":1.*\\R", "")
                .replace(",\"failure\":" + SEAT_GONE, "")
                .replace("FAILED", "RUNNING");
        return RecordedRun.read(write("{\"format\":\"millrace-run/1\",\"exportedAt\":\"2026-03-01T10:00:00Z\",\"run\":"
                + second
                + ",\"history\":[],\"manifest\":" + LocalWorker.manifestOf(Trip.class) + ",\"earlier\":[" + first
                + "]}"));
    }

    @Test
    void aRunThatRanAgainIsReplayedWithTheResultsOfItsLastGeneration(TestMillrace millrace) {
        var recorded = secondGeneration();

        var replay = millrace.replay(recorded, trip(false)).requireSuccess();

        assertThat(recorded.generation()).isEqualTo(2);
        assertThat(calls).containsExactly("issue");
        assertThat(replay.run().result(Trip.Ticket.class)).isEqualTo(new Trip.Ticket("recorded-8", List.of(100)));
    }

    @Test
    void anEarlierGenerationFailsWhereItFailed(TestMillrace millrace) {
        var recorded = secondGeneration().ofGeneration(1);

        assertThat(recorded.state().getValue()).isEqualTo("FAILED");
        assertThat(millrace.replay(recorded, trip(true)).requireSameFailure().answered())
                .containsExactlyInAnyOrder("pay", "wish", "seat");
        assertThatThrownBy(() -> recorded.ofGeneration(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no generation 3")
                .hasMessageContaining("it has [1, 2].");
    }

    @Test
    void aClassOfAnotherShapeIsTold(TestMillrace millrace) {
        var before = LocalWorker.manifestOf(Trip.class).replace("\"retries\": 2", "\"retries\": 9");

        var replay = millrace.replay(read(before), trip(true));

        assertThat(replay.differences()).singleElement().asString().contains("steps.pay.policy.retries");
        assertThatThrownBy(replay::requireSuccess)
                .hasMessageContaining("The class is not the recorded version of the workflow any more:")
                .hasMessageContaining("steps.pay.policy.retries");
    }

    @Test
    void whatCannotBeReplayedIsRefusedWithAReason(TestMillrace millrace) {
        assertThatThrownBy(() -> RecordedRun.read(write("{\"state\":\"FAILED\"}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no recorded run. Write one with: millrace runs export");
        assertThatThrownBy(() -> RecordedRun.read(write("{\"format\":\"millrace-run/2\"}")))
                .hasMessageContaining("has the format millrace-run/2");
        assertThatThrownBy(() -> RecordedRun.read(write("[")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no recorded run");
        assertThatThrownBy(() -> RecordedRun.resource(RecordedRunTest.class, "none.json"))
                .hasMessageContaining("There is no resource none.json");
        assertThatThrownBy(() -> recorded().executing("fly")).hasMessageContaining("has no step 'fly'; it has [pay,");
        assertThatThrownBy(() -> millrace.replay(recorded(), new Lookup(() -> null, () -> null, () -> null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The recorded run is one of workflow 'trip'");
    }
}
