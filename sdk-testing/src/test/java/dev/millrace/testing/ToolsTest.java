package dev.millrace.testing;

import static dev.millrace.testing.MillraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.TypeRef;
import dev.millrace.connection.MillraceException;
import dev.millrace.testing.Librarian.Asked;
import dev.millrace.testing.Librarian.Script;
import dev.millrace.tools.ToolDefinition;
import dev.millrace.tools.Tools;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Actions as tools of a language model, as a user tests them. */
class ToolsTest {
    private final TestMillrace millrace = TestMillrace.create();
    private final Shelf shelf = new Shelf();
    private final Librarian librarian = new Librarian(shelf);

    private TestRun serve(List<List<Asked>> rounds) {
        millrace.worker(librarian);
        return millrace.start(Librarian.class, new Script(rounds)).await();
    }

    private static List<String> told(TestRun run) {
        return run.result(new TypeRef<List<String>>() {});
    }

    private static Asked search(String query) {
        return new Asked("search", "{\"query\":\"" + query + "\",\"since\":1999}");
    }

    @Test
    void aModelIsToldWhatTheCommentsAndTheTypesSay() {
        var definitions = Tools.of(shelf).definitions();
        assertThat(definitions).extracting(ToolDefinition::name).containsExactly("search", "borrow", "burn");
        var search = definitions.get(0);
        assertThat(search.description()).isEqualTo("Finds books.");
        assertThat(search.parameters())
                .contains("\"query\":{\"description\":\"a few words\",\"type\":\"string\"}")
                .contains("\"required\":[\"query\",\"since\"]")
                .contains("\"additionalProperties\":false")
                .doesNotContain("context");
    }

    @Test
    void aCallIsStoredAndNeverDoneAgain() {
        var run = serve(List.of(List.of(search("mills")), List.of(search("mills"))));
        assertThat(run).succeeded();
        assertThat(told(run)).allMatch(answer -> answer.equals("[{\"title\":\"mills\",\"year\":1999}]"));
        assertThat(shelf.done).as("each call once, whatever was evicted").hasSize(2);
    }

    @Test
    void callsOfOneRoundGoOnBesideEachOtherAndAreAnsweredInOrder() {
        var run = serve(List.of(List.of(
                search("a"),
                new Asked("borrow", "{\"book\":{\"title\":\"b\",\"year\":2020}}"),
                new Asked("note", "{\"text\":\"c\"}"))));
        assertThat(told(run)).containsExactly("[{\"title\":\"a\",\"year\":1999}]", "borrowed until May", "1");
    }

    @Test
    void aCallIsRetriedAsItsActionSays() {
        shelf.failures = 2;
        var run = serve(List.of(List.of(search("mills"))));
        assertThat(told(run)).containsExactly("[{\"title\":\"mills\",\"year\":1999}]");
        assertThat(shelf.done).hasSize(3);
    }

    @Test
    void whatTheModelGotWrongIsAnAnswerThatItCanUse() {
        var run = serve(List.of(List.of(
                new Asked("serach", "{}"),
                new Asked("search", "{\"query\":7,\"since\":1999}"),
                new Asked("search", "{\"query\":\"mills\",\"since\":1999,\"until\":2000}"),
                new Asked("search", "{\"query\":"),
                new Asked("burn", ""),
                new Asked("borrow", "{\"book\":{\"title\":\"old\",\"year\":1900}}"))));
        var told = told(run);
        assertThat(told.get(0)).contains("\"code\":\"UNKNOWN_TOOL\"", "there are search, borrow, burn, note");
        assertThat(told.get(1)).contains("\"code\":\"ARGUMENTS_INVALID\"", "$.query");
        assertThat(told.get(2)).contains("\"code\":\"ARGUMENTS_INVALID\"", "until");
        assertThat(told.get(3)).contains("\"code\":\"ARGUMENTS_INVALID\"", "they are no JSON");
        assertThat(told.get(4)).contains("\"code\":\"STEP_FAILED\"", "nobody burns books here");
        assertThat(told.get(5)).isEqualTo("null");
        assertThat(shelf.done).containsExactly("borrow old");
    }

    @Test
    void aToolAndTheFacadeMakeTheSameCheckpoint() {
        var clerk = new Librarian.Clerk();
        var first = millrace.worker(clerk);
        var run = millrace.start(Librarian.Clerk.class, "mill");
        first.kill();
        var other = new Librarian.Clerk();
        other.byName = true;
        millrace.worker(other);
        millrace.advance(Duration.ofHours(2));
        assertThat(run).succeeded().result(0);
    }

    @Test
    void whereverTheWorkerDiesTheModelIsToldTheSame() {
        int points = TestMillrace.crashEverywhere(plane -> {
            plane.worker(new Librarian(new Shelf()));
            return plane.start(
                    Librarian.class, new Script(List.of(List.of(search("a"), search("b")), List.of(search("c")))));
        });
        assertThat(points).isGreaterThan(5);
    }

    @Test
    void whatHasNoToolsIsRefused() {
        assertThatThrownBy(() -> Tools.of(new BuildWatch()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("There are no tools");
        assertThatThrownBy(() -> Tools.of(shelf, new Shelf())).hasMessageContaining("Two tools have the name 'search'");
        assertThatThrownBy(() -> Tools.of("a text")).isInstanceOf(MillraceException.class);
        assertThatThrownBy(() -> millrace.worker(shelf)).hasMessageContaining("has actions, but is no workflow");
    }
}
