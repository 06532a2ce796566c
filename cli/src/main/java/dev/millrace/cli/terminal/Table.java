package dev.millrace.cli.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Rows in columns that are as wide as their widest cell, two spaces apart.
 * For one thread.
 */
public final class Table {
    private final List<String> titles;
    private final List<Boolean> rightAligned;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param titles one per column; a title that begins with {@code >} aligns its column to the right */
    public Table(String... titles) {
        this.titles = Arrays.stream(titles)
                .map(title -> title.startsWith(">") ? title.substring(1) : title)
                .toList();
        this.rightAligned =
                Arrays.stream(titles).map(title -> title.startsWith(">")).toList();
    }

    /** Adds a row of one cell per column. */
    public Table row(String... cells) {
        if (cells.length != titles.size()) {
            throw new IllegalArgumentException(
                    "A row of this table has " + titles.size() + " cells, but got " + Arrays.toString(cells) + ".");
        }
        // A line break in a cell would tear the table apart.
        rows.add(Arrays.stream(cells).map(cell -> cell.replaceAll("\\s+", " ")).toList());
        return this;
    }

    /** The lines of the table, without blanks at their ends; the titles come first. */
    public List<String> lines(Style style) {
        var widths = new int[titles.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = width(titles.get(column));
            for (var row : rows) {
                widths[column] = Math.max(widths[column], width(row.get(column)));
            }
        }
        var lines = new ArrayList<String>();
        lines.add(style.bold(line(titles, widths)));
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private String line(List<String> cells, int[] widths) {
        var line = new ArrayList<String>();
        for (int column = 0; column < widths.length; column++) {
            var blanks = " ".repeat(widths[column] - width(cells.get(column)));
            line.add(rightAligned.get(column) ? blanks + cells.get(column) : cells.get(column) + blanks);
        }
        return line.stream().collect(Collectors.joining("  ")).stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
