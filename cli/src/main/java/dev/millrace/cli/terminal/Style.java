package dev.millrace.cli.terminal;

/**
 * How one stream looks. Colour never says anything alone: the words beside it do.
 *
 * @param colours whether escape sequences are written
 * @param symbols whether the stream's reader can be expected to show more than ASCII
 */
public record Style(boolean colours, boolean symbols) {
    private static final String RESET = "\u001b[0m";

    public String bold(String text) {
        return paint("\u001b[1m", text);
    }

    public String dim(String text) {
        return paint("\u001b[2m", text);
    }

    public String green(String text) {
        return paint("\u001b[32m", text);
    }

    public String red(String text) {
        return paint("\u001b[31m", text);
    }

    public String yellow(String text) {
        return paint("\u001b[33m", text);
    }

    /** A mark for "as it should be". */
    public String good() {
        return green(symbols ? "✓" : "ok");
    }

    /** A mark for "not as it should be". */
    public String bad() {
        return red(symbols ? "✗" : "!!");
    }

    private String paint(String code, String text) {
        return colours ? code + text + RESET : text;
    }
}
