package dev.millrace.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.processor.report.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every kind of error has a page, {@code docs/reference/errors/<Tag>.md}. The examples of a page are compiled here, and what
 * the page says about them must be what the compiler says.
 */
class ErrorPagesTest {
    private static final Path FOLDER = Path.of("../docs/reference/errors");
    private static final Path INDEX = FOLDER.resolve("README.md");
    private static final boolean UPDATE = "update".equals(System.getProperty("millrace.goldens"));
    private static final String ANEW =
            "Run this test with -Dmillrace.goldens=update, which writes it anew, and read the" + " difference.";

    private static final String INDEX_TEXT = """
            # Compile errors

            What the compiler says about a wrong workflow begins with a tag in brackets, such as `[Millrace/UnknownStep]`. The page
            of a tag has its name: what it means, an example with the message as it is printed, and what to do.
            [Compiler errors](../../guides/compiler-errors.md) tells how to read the messages and how to set up the compiler;
            [which mistakes are told](../diagnostics.md), what was thought of and why some have no tag.

            | tag | what it means |
            |---|---|
            """;

    @ParameterizedTest
    @EnumSource(Tag.class)
    void everyTagHasAPageWhoseExamplesAreTrue(Tag tag) throws IOException {
        var file = FOLDER.resolve(name(tag) + ".md");
        assertThat(file)
                .as(
                        "The tag %s has no page. Write docs/reference/errors/%s.md like its neighbours: what it means, a block"
                                + " of Java that causes it with an empty block of text after it, what to do, and a block of"
                                + " Java that compiles. -Dmillrace.goldens=update then fills in the message and the index",
                        tag, name(tag))
                .exists();
        if (UPDATE) {
            CheckedPage.read(file).update();
        }
        var page = CheckedPage.read(file);
        assertThat(page.title()).as("the title of %s", file).isEqualTo(name(tag));
        assertThat(page.examples().stream().filter(example -> example.printed().isPresent()))
                .as("examples of %s that cause the error", file)
                .hasSizeGreaterThanOrEqualTo(tag == Tag.INTERNAL ? 0 : 1);
        for (var example : page.examples()) {
            holds(tag, file, example);
        }
    }

    @Test
    void thereIsNoPageWithoutATag() throws IOException {
        try (var files = Files.list(FOLDER)) {
            var pages = files.filter(file -> !file.equals(INDEX))
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
            assertThat(pages)
                    .as("pages in docs/reference/errors; a tag that is gone takes its page along")
                    .isEqualTo(Arrays.stream(Tag.values())
                            .map(tag -> name(tag) + ".md")
                            .sorted()
                            .toList());
        }
    }

    @Test
    void theIndexListsEveryPage() throws IOException {
        var rows = new ArrayList<String>();
        for (var tag : Tag.values()) {
            var file = FOLDER.resolve(name(tag) + ".md");
            if (Files.exists(file)) {
                rows.add("| [" + name(tag) + "](" + name(tag) + ".md) | "
                        + CheckedPage.read(file).summary() + " |\n");
            }
        }
        var index = INDEX_TEXT + String.join("", rows);
        if (UPDATE) {
            Files.writeString(INDEX, index);
        }
        assertThat(Files.readString(INDEX)).as("%s. %s", INDEX, ANEW).isEqualTo(index);
    }

    private static void holds(Tag tag, Path file, CheckedPage.Example example) {
        var found = example.compile();
        if (example.printed().isEmpty()) {
            assertThat(found)
                    .as("what is right in %s:%n%s", file, example.java())
                    .isEmpty();
            return;
        }
        assertThat(found)
                .as("errors of the example in %s:%n%s", file, example.java())
                .anySatisfy(error -> assertThat(error.message()).startsWith("[" + tag.text() + "] "));
        assertThat(example.print(found).lines().map(String::stripTrailing))
                .as("what is printed for the example in %s. %s", file, ANEW)
                .isEqualTo(List.of(example.printed().orElseThrow().split("\n", -1)).stream()
                        .map(String::stripTrailing)
                        .toList());
    }

    private static String name(Tag tag) {
        return tag.text().substring("Millrace/".length());
    }
}
