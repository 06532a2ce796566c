package dev.millrace.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of the documentation with Java in it. Each block of Java stands for one source file; a block of text right after
 * it is what the compiler prints about it, and a block without one compiles without a word.
 *
 * <p>The blocks are shown without package and imports; all those that an example may want are put before its first line.
 */
final class CheckedPage {
    private static final Pattern TYPE = Pattern.compile("(?:class|interface|record|enum) (\\w+)");
    private static final Pattern BLOCKS =
            Pattern.compile("```java\\n(.*?)\\n```\\n(?:\\n```text\\n(.*?)\\n?```\\n)?", Pattern.DOTALL);
    private static final String PRELUDE =
            "package shop; import dev.millrace.*; import java.util.*; import java.time.*; import java.math.*;"
                    + " import java.util.concurrent.*;";

    private final Path file;
    private final String text;

    private CheckedPage(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    /**
     * An example.
     *
     * @param java the source as it is shown
     * @param printed what the page says that the compiler prints; empty if it says that it compiles
     * @param preview whether what no control plane runs yet is compiled too
     */
    record Example(String java, Optional<String> printed, boolean preview) {
        /** What the compiler prints in truth. */
        List<CompilerUnderTest.Found> compile() {
            var source = new Compilation.Source(fileName(), PRELUDE + "\n" + java);
            return (preview ? Compilation.preview(source) : Compilation.compile(source)).found();
        }

        private String fileName() {
            var type = TYPE.matcher(java);
            return "shop/" + (type.find() ? type.group(1) : "Example") + ".java";
        }

        /** As javac does it: the first line of a message, the source line, a caret, and the rest of the message. */
        String print(List<CompilerUnderTest.Found> found) {
            var source = java.split("\n", -1);
            var printed = new ArrayList<String>();
            for (var error : found) {
                var message = error.message().split("\n");
                int line = (int) error.line() - 1;
                printed.add(error.file().replace("shop/", "") + ":" + line + ": " + error.kind() + ": " + message[0]);
                printed.add(source[line - 1]);
                printed.add(" ".repeat((int) error.column() - 1) + "^");
                printed.addAll(List.of(message).subList(1, message.length));
            }
            return String.join("\n", printed);
        }
    }

    static CheckedPage read(Path file) {
        try {
            return new CheckedPage(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String title() {
        return text.startsWith("# ") ? text.substring(2, text.indexOf('\n')) : "";
    }

    /** What the page says first, up to its first full stop. */
    String summary() {
        var paragraph = text.split("\n\n", 3)[1].replace('\n', ' ');
        var end = paragraph.indexOf(". ");
        return end < 0 ? paragraph : paragraph.substring(0, end + 1);
    }

    List<Example> examples() {
        var examples = new ArrayList<Example>();
        var blocks = BLOCKS.matcher(text);
        while (blocks.find()) {
            examples.add(example(blocks));
        }
        return examples;
    }

    /** Only the page about what is refused is about a compiler without the preview option. */
    private Example example(MatchResult block) {
        return new Example(block.group(1), Optional.ofNullable(block.group(2)), !title().equals("NotYetSupported"));
    }

    /** Writes the page anew with what the compiler prints in truth. */
    void update() throws IOException {
        var updated = BLOCKS.matcher(text)
                .replaceAll(block -> Matcher.quoteReplacement(updated(block.group(), example(block))));
        Files.writeString(file, updated);
    }

    private static String updated(String block, Example example) {
        return example.printed().isEmpty()
                ? block
                : "```java\n" + example.java() + "\n```\n\n```text\n" + example.print(example.compile()) + "\n```\n";
    }
}
