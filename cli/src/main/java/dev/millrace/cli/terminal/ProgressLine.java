package dev.millrace.cli.terminal;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How far something is. On a terminal a bar that is redrawn in place, at most ten times a second; elsewhere one plain line
 * every five seconds. Safe for use by several threads.
 */
public final class ProgressLine implements AutoCloseable {
    private static final Duration REDRAW = Duration.ofMillis(100);
    private static final Duration REPEAT = Duration.ofSeconds(5);
    private static final int BAR = 28;

    private final PrintStream to;
    private final boolean moving;
    private final Style style;
    private final LongSupplier nanos;
    private long lastNanos;
    private boolean drawn;

    ProgressLine(PrintStream to, boolean moving, Style style, LongSupplier nanos) {
        this.to = to;
        this.moving = moving;
        this.style = style;
        this.nanos = nanos;
        this.lastNanos = nanos.getAsLong();
    }

    /**
     * Tells how far it is; shown when it is time to.
     *
     * @param done how much is done
     * @param total how much there is; more than zero
     * @param detail what else to say
     */
    public synchronized void show(long done, long total, String detail) {
        long now = nanos.getAsLong();
        var pause = moving ? REDRAW : REPEAT;
        if (now - lastNanos < pause.toNanos() && !(moving && !drawn)) {
            return;
        }
        lastNanos = now;
        if (moving) {
            drawn = true;
            to.print("\r" + bar(done, total) + "  " + done + "/" + total + "  " + detail + "\u001b[K");
            to.flush();
        } else {
            to.println(done + "/" + total + "  " + detail);
        }
    }

    /** Writes a whole line above the bar. */
    public synchronized void note(String line) {
        erase();
        to.println(line);
    }

    /** Removes the bar. */
    @Override
    public synchronized void close() {
        erase();
    }

    private void erase() {
        if (drawn) {
            to.print("\r\u001b[K");
            to.flush();
            drawn = false;
        }
    }

    private String bar(long done, long total) {
        int full = (int) Math.min(BAR, done * BAR / total);
        var filled = style.symbols() ? "█" : "#";
        var empty = style.symbols() ? "░" : "-";
        return style.green(filled.repeat(full)) + style.dim(empty.repeat(BAR - full));
    }
}
