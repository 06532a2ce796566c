package dev.millrace.processor.rule.sharing;

import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.read.Placements;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks what one annotation says of a label; by itself, so that it is loaded only where there are such annotations. */
final class LabelLiterals {
    private static final Pattern SIGNED = Pattern.compile("\\s*(>=|<=|!=|<>|==|=|>|<)\\s*(\\S.*)");
    private static final Pattern LEADING_NUMBER = Pattern.compile("\\s*(-?[0-9]{1,18}(?:\\.[0-9]{1,18})?).*");

    private LabelLiterals() {}

    /** Reports what is wrong with one annotation; whether nothing is. */
    static boolean areRight(Mirror mirror, Report report) {
        var problem = text(mirror, "label").or(() -> text(mirror, "value")).or(() -> number(mirror));
        problem.ifPresent(report::add);
        return problem.isEmpty();
    }

    private static Optional<Problem> text(Mirror mirror, String member) {
        var text = mirror.text(member).orElse("");
        return LabelRequirement.isText(text)
                ? Optional.empty()
                : Optional.of(problem(
                                mirror,
                                member,
                                Tag.BAD_LABEL,
                                "\"" + text + "\" is no " + member + " of a worker: it has 1 to "
                                        + LabelRequirement.LONGEST
                                        + " characters, and none that controls a terminal.")
                        .fix("write it as the worker says it, as in .label(\"region\", \"eu\")."));
    }

    private static Optional<Problem> number(Mirror mirror) {
        var value = Placements.value(mirror);
        var signed = SIGNED.matcher(value);
        var comparator = Placements.comparator(mirror);
        if (signed.matches()) {
            return Optional.of(problem(
                            mirror,
                            "value",
                            Tag.BAD_LABEL,
                            "The value \"" + value + "\" of label \"" + Placements.label(mirror)
                                    + "\" begins with a sign, but how it compares is a member of its own.")
                    .fix("write comparator = LabelComparator." + meant(signed.group(1)) + ", value = \""
                            + signed.group(2) + "\"."));
        }
        if (!comparator.ofNumbers() || LabelComparator.number(value).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(problem(
                        mirror,
                        "value",
                        Tag.BAD_LABEL,
                        comparator + " compares numbers, but the value of label \"" + Placements.label(mirror)
                                + "\" is \"" + value + "\".")
                .fix(fix(value)));
    }

    private static LabelComparator meant(String sign) {
        return switch (sign) {
            case ">=" -> LabelComparator.AT_LEAST;
            case "<=" -> LabelComparator.AT_MOST;
            case ">" -> LabelComparator.GREATER;
            case "<" -> LabelComparator.LESS;
            case "!=", "<>" -> LabelComparator.NOT_EQUAL;
            default -> LabelComparator.EQUAL;
        };
    }

    private static String fix(String value) {
        var number = LEADING_NUMBER.matcher(value);
        return number.matches()
                ? "write value = \"" + number.group(1) + "\", and let workers say a number without a unit as well."
                : "write a number such as \"32\" or \"7.5\", or compare by LabelComparator.EQUAL.";
    }

    static Problem problem(Mirror mirror, String member, Tag tag, String sentence) {
        return mirror.written(member)
                .map(value -> Problem.at(mirror.element(), mirror.annotation(), value, tag, sentence))
                .orElseGet(() -> Problem.at(mirror.element(), mirror.annotation(), tag, sentence));
    }
}
