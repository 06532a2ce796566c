package dev.millrace.processor.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;

/**
 * One error or warning. The sentence carries the whole fact, because compilers print the source line right after it and everything
 * else later.
 *
 * @param tag its kind
 * @param element where to point: the narrowest element that the author can change
 * @param annotation the annotation of the element to point at
 * @param value the annotation's value to point at
 * @param sentence what is wrong
 * @param details what was found and what there is instead, a line each
 * @param fix what to do; empty where the sentence says it
 */
public record Problem(
        Tag tag,
        Element element,
        Optional<AnnotationMirror> annotation,
        Optional<AnnotationValue> value,
        String sentence,
        List<String> details,
        String fix) {

    public Problem {
        details = List.copyOf(details);
    }

    /** A problem of an element as a whole. */
    public static Problem at(Element element, Tag tag, String sentence) {
        return new Problem(tag, element, Optional.empty(), Optional.empty(), sentence, List.of(), "");
    }

    /** A problem of an annotation. */
    public static Problem at(Element element, AnnotationMirror annotation, Tag tag, String sentence) {
        return new Problem(tag, element, Optional.of(annotation), Optional.empty(), sentence, List.of(), "");
    }

    /** A problem of one value of an annotation. */
    public static Problem at(
            Element element, AnnotationMirror annotation, AnnotationValue value, Tag tag, String sentence) {
        return new Problem(tag, element, Optional.of(annotation), Optional.of(value), sentence, List.of(), "");
    }

    /** The same with another line of detail. */
    public Problem detail(String line) {
        var more = new ArrayList<>(details);
        more.add(line);
        return new Problem(tag, element, annotation, value, sentence, more, fix);
    }

    /** The same with a way to mend it. */
    public Problem fix(String fix) {
        return new Problem(tag, element, annotation, value, sentence, details, fix);
    }

    /** The message as the compiler prints it. */
    public String message() {
        var text = new StringBuilder("[").append(tag.text()).append("] ").append(sentence);
        for (var line : details) {
            text.append("\n    ").append(line);
        }
        if (tag.isWarning()) {
            text.append("\n    If it is meant, say so: @SuppressWarnings(\"")
                    .append(tag.text())
                    .append("\")");
        }
        if (!fix.isEmpty()) {
            text.append("\n    Fix: ").append(fix);
        }
        return text.toString();
    }
}
