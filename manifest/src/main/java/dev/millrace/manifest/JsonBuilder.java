package dev.millrace.manifest;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Builds the value of a text that {@link JsonScanner} has let pass, and so needs no checks of its own. */
final class JsonBuilder {
    private final byte[] in;
    private int at;

    JsonBuilder(byte[] in) {
        this.in = in;
    }

    JsonValue build() {
        space();
        return value();
    }

    private JsonValue value() {
        switch (in[at]) {
            case '{':
                return object();
            case '[':
                return array();
            case '"':
                return new JsonValue.Text(string());
            case 't':
                at += 4;
                return JsonValue.TRUE;
            case 'f':
                at += 5;
                return JsonValue.FALSE;
            case 'n':
                at += 4;
                return JsonValue.NULL;
            default:
                return number();
        }
    }

    private JsonValue object() {
        var members = new LinkedHashMap<String, JsonValue>();
        at++;
        space();
        while (in[at] != '}') {
            String name = string();
            space();
            at++;
            space();
            members.put(name, value());
            nextElement();
        }
        at++;
        return new JsonValue.Object(members);
    }

    private JsonValue array() {
        List<JsonValue> items = new ArrayList<>();
        at++;
        space();
        while (in[at] != ']') {
            items.add(value());
            nextElement();
        }
        at++;
        return new JsonValue.Array(items);
    }

    private void nextElement() {
        space();
        if (in[at] == ',') {
            at++;
            space();
        }
    }

    private JsonValue number() {
        int start = at;
        while (at < in.length && "+-.eE0123456789".indexOf(in[at]) >= 0) {
            at++;
        }
        return new JsonValue.Number(new BigDecimal(new String(in, start, at - start, StandardCharsets.ISO_8859_1)));
    }

    private String string() {
        int start = ++at;
        while (in[at] != '"') {
            at += in[at] == '\\' ? 2 : 1;
        }
        return text(in, start, at++);
    }

    private void space() {
        while (at < in.length && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
            at++;
        }
    }

    /** What stands between the quotes of a valid string. */
    static String text(byte[] in, int start, int end) {
        String raw = new String(in, start, end - start, StandardCharsets.UTF_8);
        int slash = raw.indexOf('\\');
        if (slash < 0) {
            return raw;
        }
        var text = new StringBuilder(raw.length());
        int from = 0;
        while (slash >= 0) {
            text.append(raw, from, slash);
            char escape = raw.charAt(slash + 1);
            from = slash + 2;
            switch (escape) {
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> {
                    text.append((char) Integer.parseInt(raw, from, from + 4, 16));
                    from += 4;
                }
                default -> text.append(escape);
            }
            slash = raw.indexOf('\\', from);
        }
        return text.append(raw, from, raw.length()).toString();
    }
}
