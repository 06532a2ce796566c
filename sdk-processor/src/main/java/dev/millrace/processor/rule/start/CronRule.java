package dev.millrace.processor.rule.start;

import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.SchemaCheck;
import dev.millrace.manifest.schedule.Cron;
import dev.millrace.manifest.schedule.InvalidCronException;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.DidYouMean;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A schedule fires some day, in a zone that there is, and starts runs with an input that they take. */
final class CronRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var cron : subject.workflow().annotations(Vocabulary.CRON)) {
            expression(cron, report);
            zone(cron, report);
            name(cron, report);
            input(subject, cron, report);
        }
    }

    private static void expression(Mirror cron, Report report) {
        try {
            Cron.parse(cron.text("value").orElse(""));
        } catch (InvalidCronException e) {
            var never = e.reason() == InvalidCronException.Reason.NEVER_FIRES;
            report.add(at(cron, "value", never ? Tag.IMPOSSIBLE_CRON : Tag.BAD_CRON, e.getMessage())
                    .fix(
                            never
                                    ? "write a day that the month has; for the last one of a month write 28, or the 1st of the"
                                            + " next."
                                    : meant(cron.text("value").orElse(""))));
        }
    }

    /** Other products have names for the most common schedules. */
    private static String meant(String name) {
        return switch (name) {
            case "@hourly" -> "write \"0 * * * *\".";
            case "@daily", "@midnight" -> "write \"0 0 * * *\".";
            case "@weekly" -> "write \"0 0 * * 0\".";
            case "@monthly" -> "write \"0 0 1 * *\".";
            case "@yearly", "@annually" -> "write \"0 0 1 1 *\".";
            default ->
                "write minute, hour, day of month, month and day of week: \"30 2 * * 1-5\" is 02:30 on weekdays.";
        };
    }

    private static void zone(Mirror cron, Report report) {
        var zone = cron.text("zone").orElse("");
        var zones = ZoneId.getAvailableZoneIds();
        if (!zones.contains(zone)) {
            report.add(at(
                            cron,
                            "zone",
                            Tag.BAD_ZONE,
                            "\"" + zone + "\" is no IANA time zone." + DidYouMean.among(zones, zone))
                    .fix("write a region, such as \"Europe/Berlin\", or \"UTC\"."));
        }
    }

    private static void name(Mirror cron, Report report) {
        var name = cron.text("name").orElse("");
        if (cron.text("name").isPresent()
                && !name.isEmpty()
                && (name.isBlank() || name.length() > 128 || name.chars().anyMatch(Character::isISOControl))) {
            report.add(at(cron, "name", Tag.BAD_NAME, "A schedule has a name of 1 to 128 printable characters.")
                    .fix("write a shorter name of one line."));
        }
    }

    private static void input(Subject subject, Mirror cron, Report report) {
        var schema = check(subject);
        var text = cron.text("input").orElse("");
        if (schema.isEmpty()) {
            return;
        }
        var what = subject.wiring()
                .input()
                .map(input -> subject.types().shortName(input.type()))
                .orElse("none");
        JsonValue value;
        try {
            value = text.isEmpty() ? JsonValue.NULL : Json.read(text);
        } catch (InvalidJsonException e) {
            report.add(at(cron, "input", Tag.BAD_CRON_INPUT, "The input of a schedule is no JSON: " + e.getMessage())
                    .fix("write the input (" + what + ") as JSON."));
            return;
        }
        // Gathered starts are elements of the input, not the input.
        boolean gathered = !subject.workflow().annotations(Vocabulary.COLLECT).isEmpty();
        var wrong = schema.get().check(gathered ? new JsonValue.Array(List.of(value)) : value);
        if (!wrong.isEmpty()) {
            var fact = text.isEmpty()
                    ? "The schedule gives no input, but " + subject.workflow().label() + " takes one: " + what + "."
                    : "The input of the schedule is not that of "
                            + subject.workflow().label() + ", which is " + what + ": " + wrong.get(0) + ".";
            report.add(at(cron, "input", Tag.BAD_CRON_INPUT, fact)
                    .fix(
                            subject.wiring().input().isEmpty()
                                    ? "remove 'input'."
                                    : "write it as JSON: @Cron(input = \"…\")."));
        }
    }

    /** The schema of the input as far as it is known: what is wrong with it is told elsewhere. */
    private static Optional<SchemaCheck> check(Subject subject) {
        var schema = subject.input();
        if (schema.isPresent()
                && !(schema.get().flaws().isEmpty() && schema.get().unresolved().isEmpty())) {
            return Optional.empty();
        }
        try {
            return Optional.of(SchemaCheck.of(schema.map(known -> known.json())
                    .orElse(new JsonValue.Object(Map.of("type", JsonValue.of("null"))))));
        } catch (InvalidManifestException e) {
            return Optional.empty();
        }
    }

    private static Problem at(Mirror cron, String member, Tag tag, String sentence) {
        return cron.written(member)
                .map(value -> Problem.at(cron.element(), cron.annotation(), value, tag, sentence))
                .orElseGet(() -> Problem.at(cron.element(), cron.annotation(), tag, sentence));
    }
}
