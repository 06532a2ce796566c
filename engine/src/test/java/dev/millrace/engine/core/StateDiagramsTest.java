package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Draws the state machines from their tables and holds the drawings in the documentation against them. After a change that is
 * meant, write the page anew with {@code -Dmillrace.goldens=update} and read the difference.
 */
class StateDiagramsTest {
    private static final Path PAGE = Path.of("..", "docs", "state-machines.md");

    @Test
    void theDocumentationDrawsTheTablesAsTheyAre() throws IOException {
        var page = page();
        if ("update".equals(System.getProperty("millrace.goldens"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("%s; write it anew with -Dmillrace.goldens=update", PAGE)
                .content()
                .isEqualTo(page);
    }

    private static String page() {
        var page = new StringBuilder("""
                # State machines

                How runs, tasks and attempts go from state to state. These drawings are written from the tables in
                `engine/src/main/java/dev/millrace/engine/core/Tables.java`, which say what each event means, and are held against
                them by a test; another test fails when a table declares a transition that never happens. An event that a table
                does not have for a state is a contradiction between the journal and the memory, and stops the shard.

                What a run's history shows beside these states: `CANCELLING` (somebody asked for the end of the run or the task),
                `DEADLINE_PASSED`, `CLEANING_UP` (compensations and the on-failure handler begin), `EXTENDED` (an attempt was
                given more time), `SEALING` (a transactional task is given up as soon as it is certain that it has not committed)
                and `CHECKPOINT` (durable code did something, begins to wait, or waits no longer). Also `SIGNALLED` (the run was sent a
                signal), `SLOTS_RELEASED` (an attempt goes on without its slots), `WINDOW_CLOSED` (nobody joins the run any more, and it
                begins), `CHAIN_DEPTH` (an event of the run would have started others and was cut) and `REPLAYED` (a new generation
                begins; attempts are numbered anew).
                """);
        for (var table : Tables.ALL) {
            draw(table, page);
        }
        return page.toString();
    }

    private static void draw(StateTable<?, ?> table, StringBuilder page) {
        String subject = table.subject();
        page.append("\n## ").append(Character.toUpperCase(subject.charAt(0))).append(subject, 1, subject.length());
        page.append("\n\n```mermaid\nstateDiagram-v2\n");
        page.append("    [*] --> ").append(table.first()).append('\n');
        labels(table).forEach((arrow, label) -> page.append("    " + arrow + ": " + label + "\n"));
        for (var state : table.ends()) {
            page.append("    ").append(state).append(" --> [*]\n");
        }
        page.append("```\n");
    }

    /** By arrow, in the order of the table; events that lead the same way share one. */
    private static Map<String, String> labels(StateTable<?, ?> table) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (var entry : table.entries()) {
            labels.merge(
                    entry.from() + " --> " + entry.to(), entry.event().name(), (one, other) -> one + " / " + other);
        }
        return labels;
    }
}
