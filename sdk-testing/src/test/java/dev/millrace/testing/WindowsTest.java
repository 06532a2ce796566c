package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.StartRefusedException;
import dev.millrace.rest.model.RunState;
import dev.millrace.testing.Digest.News;
import dev.millrace.testing.Reindex.Document;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@MillraceTest
class WindowsTest {

    @Test
    void theLastOfABurstRunsOnceItHasBeenQuiet(TestMillrace millrace) {
        millrace.worker(new Reindex());
        var first = millrace.start(Reindex.class, new Document("a", "one"));
        millrace.advance(Duration.ofSeconds(29));
        var second = millrace.start(Reindex.class, new Document("a", "two"));
        assertThat(second.id()).isEqualTo(first.id());
        millrace.advance(Duration.ofSeconds(29));
        assertThat(first.state()).isEqualTo(RunState.QUEUED);
        millrace.advance(Duration.ofSeconds(1));
        assertThat(first.result(String.class)).isEqualTo("two");
    }

    @Test
    void otherDocumentsHaveWindowsOfTheirOwnThatOutliveACrash(TestMillrace millrace) {
        millrace.worker(new Reindex());
        var one = millrace.start(Reindex.class, new Document("a", "one"));
        var other = millrace.start(Reindex.class, new Document("b", "other"));
        millrace.crash();
        assertThat(one.await().result(String.class)).isEqualTo("one");
        assertThat(other.await().result(String.class)).isEqualTo("other");
    }

    @Test
    void whatIsTooMuchIsRefused(TestMillrace millrace) {
        millrace.worker(new Reindex());
        for (int i = 0; i < 4; i++) {
            millrace.start(Reindex.class, new Document("a", "" + i));
        }
        assertThatThrownBy(() -> millrace.start(Reindex.class, new Document("a", "5")))
                .isInstanceOfSatisfying(
                        StartRefusedException.class,
                        refused -> assertThat(refused.code()).isEqualTo("THROTTLED"));
        millrace.start(Reindex.class, new Document("b", "1"));
        millrace.advance(Duration.ofMinutes(10));
        millrace.start(Reindex.class, new Document("a", "6"));
    }

    @Test
    void gatheredStartsAreOneRun(TestMillrace millrace) {
        millrace.worker(new Digest());
        var run = millrace.start(Digest.class, new News("ada", "x"));
        millrace.start(Digest.class, new News("bob", "y"));
        assertThat(millrace.start(Digest.class, new News("ada", "z")).id()).isEqualTo(run.id());
        millrace.advance(Duration.ofMinutes(1));
        assertThat(run.result(String.class)).isEqualTo("x, z");
    }

    @Test
    void aFullWindowDoesNotWait(TestMillrace millrace) {
        millrace.worker(new Digest());
        var run = millrace.start(Digest.class, new News("ada", "x"));
        millrace.start(Digest.class, new News("ada", "y"));
        millrace.start(Digest.class, new News("ada", "z"));
        assertThat(run.result(String.class)).isEqualTo("x, y, z");
    }
}
