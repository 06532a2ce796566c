package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.StreamItem;
import dev.millrace.testing.Story.Line;
import dev.millrace.testing.Story.Topic;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What steps emit, as a user tests it. */
class EmitterTest {
    private final TestMillrace millrace = TestMillrace.create();
    private final Story story = new Story();

    @Test
    void whatAStepEmitsIsReadInOrderFromTheStart() {
        millrace.worker(story);
        var run = millrace.run(Story.class, new Topic("rain", 3, 0));
        var told = run.stream("tell", Line.class);
        assertThat(told)
                .extracting(StreamItem::value)
                .containsExactly(
                        new Line(1, "rain by attempt 1"),
                        new Line(2, "rain by attempt 1"),
                        new Line(3, "rain by attempt 1"));
        assertThat(told).extracting(StreamItem::index).containsExactly(0L, 1L, 2L);
        assertThat(told).extracting(StreamItem::position).containsExactly(1L, 2L, 3L);
        assertThat(told.get(0).step()).isEqualTo("tell");
        MillraceAssertions.assertThat(run).succeeded().emitted("sing", new Line(1, "la"));
    }

    @Test
    void everyAttemptsItemsStayAndSayWhichItWas() {
        millrace.worker(story);
        var run = millrace.run(Story.class, new Topic("rain", 2, 1));
        assertThat(run.stream("tell", Line.class))
                .extracting(StreamItem::attempt)
                .containsExactly(1, 2, 2);
        MillraceAssertions.assertThat(run)
                .emitted("tell", new Line(1, "rain by attempt 2"), new Line(2, "rain by attempt 2"));
        assertThatThrownBy(() -> MillraceAssertions.assertThat(run).emitted("tell", new Line(1, "snow")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("snow")
                .hasMessageContaining("rain by attempt 2");
    }

    @Test
    void anAsynchronousStepEmitsOnAThreadOfItsOwn() {
        millrace.worker(story);
        var run = millrace.run(Story.class, new Topic("rain", 1, 0));
        assertThat(run.stream("sing", Line.class)).extracting(StreamItem::value).containsExactly(new Line(1, "la"));
    }

    @Test
    void durableCodeThatIsRepeatedEmitsNothingThatItEmittedBeforeACheckpoint() {
        millrace.worker(story);
        var run = millrace.run(Story.class, new Topic("rain", 1, 0));
        var lines = run.stream("remember", Line.class);
        assertThat(lines)
                .extracting(StreamItem::value)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 3)
                        .boxed()
                        .flatMap(day -> List.of("before", "during", "after").stream()
                                .map(text -> new Line(day.intValue(), text)))
                        .toList());
        assertThat(lines).extracting(StreamItem::attempt).containsExactly(1, 1, 1, 2, 2, 2, 3, 3, 3);
    }

    @Test
    void whereverTheWorkerDiesEveryItemOfDurableCodeIsThere() {
        TestMillrace.crashEverywhere(other -> {
            other.worker(new Story());
            var run = other.run(Story.class, new Topic("rain", 1, 0));
            assertThat(run.stream("remember", Line.class).stream()
                            .map(StreamItem::value)
                            .distinct())
                    .hasSize(9);
            return run;
        });
    }

    @Test
    void anItemThatIsTooLargeIsRefusedByNameAndTheStepMayGoOn() {
        millrace.worker(story);
        var run = millrace.run(Story.class, new Topic("rain", 1, 0));
        MillraceAssertions.assertThat(run).succeeded().emitted("shout", "done");
        assertThat(story.refusal)
                .hasMessageContaining("Item 0 that step 'shout' emits has 70,002 bytes of JSON")
                .hasMessageContaining("65,536");
    }

    @Test
    void whatWasEmittedOutlivesTheControlPlane() {
        millrace.worker(story);
        var run = millrace.start(Story.class, new Topic("rain", 1, 0));
        millrace.crash();
        assertThat(run.stream("tell", Line.class)).hasSize(1);
    }

    @Test
    void aWorkflowThatEmitsNothingHasNothingToRead() {
        millrace.worker(new Essay());
        var run = millrace.start(Essay.class, "rain");
        MillraceAssertions.assertThat(run).emittedNothing();
    }
}
