package dev.millrace.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.processor.report.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page that says what became of each mistake that was thought of names every tag, and none that there is not. */
class DiagnosticsPageTest {
    private static final Path PAGE = Path.of("../docs/reference/diagnostics.md");
    private static final Pattern LINK = Pattern.compile("\\[(\\w+)]\\(errors/(\\w+)\\.md\\)");

    @Test
    void eachTagIsNamed() throws IOException {
        var named = new TreeSet<String>();
        LINK.matcher(Files.readString(PAGE)).results().forEach(link -> {
            assertThat(link.group(1)).as("a link of %s", PAGE).isEqualTo(link.group(2));
            named.add("Millrace/" + link.group(1));
        });

        assertThat(named)
                .as("tags in %s; write a new one under the mistake that it tells of, or in the list at the end", PAGE)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Tag.values()).map(Tag::text).toList());
    }

    @Test
    void eachMistakeHasATagOrAReason() throws IOException {
        var rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| mistake"))
                .map(line -> line.split(" *\\| *", -1))
                .toList();

        assertThat(rows)
                .isNotEmpty()
                .allSatisfy(row -> assertThat(LINK.matcher(row[2]).find() || row[3].startsWith("**"))
                        .as("the tag of %s, or why there is none", row[1])
                        .isTrue());
    }
}
