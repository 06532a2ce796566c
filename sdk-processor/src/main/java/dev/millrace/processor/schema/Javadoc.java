package dev.millrace.processor.schema;

import dev.millrace.processor.model.TypeSystem;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.element.Element;

/**
 * The comments of the source as plain text, for people who meet a schema: what the first paragraph says. Of types that come
 * compiled there are none.
 */
final class Javadoc {
    private static final Pattern BLOCK_TAG = Pattern.compile("(?m)^\\s*@");
    private static final Pattern INLINE = Pattern.compile("\\{@(\\w+)\\s*([^{}]*)}");
    private static final Pattern PARAGRAPH = Pattern.compile("(?i)<p>|\\n\\s*\\n");
    private static final Pattern HTML = Pattern.compile("<[^<>]*>");
    private static final int LONGEST = 500;

    private final TypeSystem types;

    Javadoc(TypeSystem types) {
        this.types = types;
    }

    /** What the comment of an element says before its tags. */
    Optional<String> of(Element element) {
        var comment = comment(element);
        if (comment.isEmpty()) {
            return Optional.empty();
        }
        var tags = BLOCK_TAG.matcher(comment);
        return text(tags.find() ? comment.substring(0, tags.start()) : comment);
    }

    /** What {@code @param name} says in the comment of an element. */
    Optional<String> parameter(Element element, String name) {
        var comment = comment(element);
        if (comment.isEmpty()) {
            return Optional.empty();
        }
        var start = Pattern.compile("(?m)^\\s*@param\\s+" + Pattern.quote(name) + "\\s+")
                .matcher(comment);
        if (!start.find()) {
            return Optional.empty();
        }
        var rest = comment.substring(start.end());
        var end = BLOCK_TAG.matcher(rest);
        return text(end.find() ? rest.substring(0, end.start()) : rest);
    }

    private String comment(Element element) {
        var comment = types.elements().getDocComment(element);
        return comment == null ? "" : comment.replace("\r\n", "\n");
    }

    private static Optional<String> text(String comment) {
        var paragraph = PARAGRAPH.split(comment.strip(), 2)[0];
        var plain = INLINE.matcher(paragraph)
                .replaceAll(tag -> Matcher.quoteReplacement(inline(tag.group(1), tag.group(2))));
        plain = HTML.matcher(plain)
                .replaceAll("")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
                .replaceAll("\\s+", " ")
                .strip();
        return plain.isEmpty()
                ? Optional.empty()
                : Optional.of(plain.length() > LONGEST ? plain.substring(0, LONGEST - 1) + "…" : plain);
    }

    /** {@code {@link Order#id the id}} reads as "the id", {@code {@link Order#id}} as "Order.id". */
    private static String inline(String tag, String content) {
        if (!tag.startsWith("link")) {
            return content;
        }
        var parts = content.strip().split("\\s+", 2);
        return parts.length == 2 ? parts[1] : parts[0].replaceFirst("^#", "").replace('#', '.');
    }
}
