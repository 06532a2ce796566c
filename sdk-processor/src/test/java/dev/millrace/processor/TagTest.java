package dev.millrace.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.processor.report.Tag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TagTest {
    private static final String TESTS = tests();

    /** Messages are quoted in full where they are tested, so a tag that is in no test is in no tested message. */
    @ParameterizedTest
    @EnumSource(Tag.class)
    void everyErrorHasATest(Tag tag) {
        assertThat(TESTS).as("the tests of the processor").contains("[" + tag.text() + "] ");
    }

    private static String tests() {
        try (var files = Files.walk(Path.of("src/test/java"))) {
            return files.filter(file -> file.toString().endsWith("Test.java"))
                    .map(TagTest::read)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
