package dev.millrace.processor.write;

import java.util.List;

/** The text of one class, written line by line and indented by four spaces a level. */
final class JavaText {
    private static final int WIDTH = 100;
    private static final String LEVEL = "    ";

    private final StringBuilder text = new StringBuilder();
    private String indent = "";

    /** Lines that follow are indented by more levels. */
    void in(int levels) {
        indent += LEVEL.repeat(levels);
    }

    /** Lines that follow are indented by fewer levels. */
    void out(int levels) {
        indent = indent.substring(LEVEL.length() * levels);
    }

    /** Writes a line; an empty one has no indentation. */
    void line(String line) {
        text.append(line.isEmpty() ? "" : indent).append(line).append('\n');
    }

    /** Begins a block; what follows stands in it. */
    void begin(String line) {
        line(line);
        in(1);
    }

    /** Ends a block. */
    void end() {
        out(1);
        line("}");
    }

    /** Begins the block of what has parameters, on further lines as soon as one would be too long. */
    void begin(String head, List<String> parameters) {
        var line = new StringBuilder(indent).append(head).append('(');
        int length = line.length();
        for (int i = 0; i < parameters.size(); i++) {
            var parameter = parameters.get(i) + (i + 1 == parameters.size() ? ") {" : ",");
            var space = i == 0 ? "" : " ";
            if (length + space.length() + parameter.length() > WIDTH) {
                line.append('\n').append(indent).append(LEVEL).append(LEVEL).append(parameter);
                length = indent.length() + 2 * LEVEL.length() + parameter.length();
            } else {
                line.append(space).append(parameter);
                length += space.length() + parameter.length();
            }
        }
        text.append(line).append(parameters.isEmpty() ? ") {" : "").append('\n');
        in(1);
    }

    /** Writes a comment for people who call what follows. */
    void javadoc(List<String> lines) {
        line("/**");
        for (var each : lines) {
            line(each.isEmpty() ? " *" : " * " + each);
        }
        line(" */");
    }

    /** A text as a literal. */
    static String literal(String value) {
        var literal = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> literal.append("\\\"");
                case '\\' -> literal.append("\\\\");
                case '\n' -> literal.append("\\n");
                case '\r' -> literal.append("\\r");
                case '\t' -> literal.append("\\t");
                default -> literal.append(c);
            }
        }
        return literal.append('"').toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
