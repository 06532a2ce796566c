package dev.millrace.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Both streams of the process. Data goes to standard output, always in UTF-8; notes, progress and errors go to standard
 * error. Safe for use by several threads; {@link #color} is called before they begin.
 */
public final class Terminal {
    private final PrintStream out;
    private final PrintStream err;
    private final boolean outIsTerminal;
    private final boolean errIsTerminal;
    private final boolean symbols;
    private final boolean colourWanted;
    private volatile ColorChoice choice = ColorChoice.auto;

    /**
     * @param outIsTerminal whether a person reads standard output
     * @param errIsTerminal whether a person reads standard error
     * @param variables the environment, which says what the terminal can do
     */
    public Terminal(
            PrintStream out,
            PrintStream err,
            boolean outIsTerminal,
            boolean errIsTerminal,
            Map<String, String> variables) {
        this.out = out;
        this.err = err;
        boolean dumb = "dumb".equals(variables.get("TERM"));
        this.outIsTerminal = outIsTerminal && !dumb;
        this.errIsTerminal = errIsTerminal && !dumb;
        this.symbols = Stream.of("LC_ALL", "LC_CTYPE", "LANG")
                .map(name -> variables.getOrDefault(name, ""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .map(value -> value.toUpperCase(Locale.ROOT).replace("-", "").contains("UTF8"))
                .orElse(false);
        this.colourWanted = variables.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /**
     * The streams of this process. Java can only tell whether both standard input and output are a terminal, so the
     * launcher looks and says it in the system property {@code millrace.terminal}, a list of {@code out} and {@code err}.
     */
    public static Terminal ofProcess() {
        var known = System.getProperty("millrace.terminal");
        boolean guess = System.console() != null;
        return new Terminal(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                known == null ? guess : known.contains("out"),
                known == null ? guess : known.contains("err"),
                System.getenv());
    }

    /** Overrides what the environment says about colours. */
    public void color(ColorChoice choice) {
        this.choice = choice;
    }

    /** Standard output, for data. */
    public PrintStream out() {
        return out;
    }

    /** Standard error, for everything that is not data. */
    public PrintStream err() {
        return err;
    }

    public Style outStyle() {
        return new Style(colours(outIsTerminal), symbols);
    }

    public Style errStyle() {
        return new Style(colours(errIsTerminal), symbols);
    }

    /** A line for people, beside the data. */
    public void note(String line) {
        err.println(line);
    }

    /**
     * Asks a person a question that is answered with yes or no; anything but a yes is a no.
     *
     * @return empty when there is no person to ask
     */
    public Optional<Boolean> ask(String question) {
        var console = System.console();
        if (console == null || !errIsTerminal) {
            return Optional.empty();
        }
        err.print(question + " [y/N] ");
        err.flush();
        var answer = console.readLine();
        return Optional.of(
                answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes"));
    }

    /** A line that shows how far something is; moving where a person looks, else a plain line every few seconds. */
    public ProgressLine progress() {
        return new ProgressLine(err, errIsTerminal, errStyle(), System::nanoTime);
    }

    private boolean colours(boolean isTerminal) {
        return switch (choice) {
            case auto -> isTerminal && colourWanted;
            case always -> true;
            case never -> false;
        };
    }
}
