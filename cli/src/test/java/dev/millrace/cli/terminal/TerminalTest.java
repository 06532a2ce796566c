package dev.millrace.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void coloursAreForTerminals() {
        assertThat(terminal(true, Map.of()).outStyle().colours()).isTrue();
        assertThat(terminal(false, Map.of()).outStyle().colours()).isFalse();
        assertThat(terminal(true, Map.of("NO_COLOR", "1")).outStyle().colours()).isFalse();
        assertThat(terminal(true, Map.of("TERM", "dumb")).outStyle().colours()).isFalse();
    }

    @Test
    void theOptionOverridesTheEnvironment() {
        var quiet = terminal(true, Map.of());
        quiet.color(ColorChoice.never);
        var loud = terminal(false, Map.of("NO_COLOR", "1"));
        loud.color(ColorChoice.always);

        assertThat(quiet.outStyle().colours()).isFalse();
        assertThat(loud.outStyle().colours()).isTrue();
    }

    @Test
    void symbolsAreForUtf8() {
        assertThat(terminal(true, Map.of("LANG", "de_DE.UTF-8")).outStyle().symbols())
                .isTrue();
        assertThat(terminal(true, Map.of("LANG", "C")).outStyle().symbols()).isFalse();
        assertThat(terminal(true, Map.of("LC_ALL", "C", "LANG", "de_DE.UTF-8"))
                        .outStyle()
                        .symbols())
                .isFalse();
        assertThat(terminal(true, Map.of()).outStyle().good()).isEqualTo("\u001b[32mok\u001b[0m");
    }

    @Test
    void aTableIsAsWideAsItsCells() {
        var table = new Table("NAME", ">N").row("Zoë", "7").row("two\nlines", "1000");

        assertThat(table.lines(new Style(false, true)))
                .containsExactly("NAME          N", "Zoë           7", "two lines  1000");
    }

    @Test
    void withoutATerminalProgressIsALineEveryFiveSeconds() {
        var clock = new AtomicLong();
        var line = new ProgressLine(stream, false, new Style(false, false), clock::get);

        for (int second = 1; second <= 11; second++) {
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
            line.show(second, 20, "s");
        }
        line.close();

        assertThat(written()).isEqualTo("5/20  s\n10/20  s\n");
    }

    @Test
    void onATerminalABarIsRedrawnInPlaceAndRemovedInTheEnd() {
        var clock = new AtomicLong();
        var line = new ProgressLine(stream, true, new Style(false, false), clock::get);

        line.show(1, 4, "first");
        line.show(2, 4, "too soon");
        clock.addAndGet(Duration.ofMillis(100).toNanos());
        line.show(3, 4, "third");
        line.close();

        assertThat(written())
                .isEqualTo("\r#######---------------------  1/4  first\u001b[K"
                        + "\r#####################-------  3/4  third\u001b[K"
                        + "\r\u001b[K");
    }

    private Terminal terminal(boolean isTerminal, Map<String, String> variables) {
        return new Terminal(stream, stream, isTerminal, isTerminal, variables);
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
