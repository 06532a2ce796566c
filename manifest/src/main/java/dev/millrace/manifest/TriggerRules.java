package dev.millrace.manifest;

import dev.millrace.manifest.schedule.Cron;
import dev.millrace.manifest.schedule.InvalidCronException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks what a workflow says about its runs as a whole: what starts them, what they share, spend and are labelled with. */
final class TriggerRules {
    private static final int MOST_TRIGGERS = 100;
    private static final int MOST_LIMITS = 16;
    private static final int MOST_METADATA = 32;
    private static final int MOST_METADATA_BYTES = 16 << 10;

    private final Manifest manifest;
    private final Problems problems;
    private final Map<String, ConcurrencySpec> shared = new HashMap<>();

    TriggerRules(Manifest manifest, Problems problems) {
        this.manifest = manifest;
        this.problems = problems;
    }

    /** @param input the schema of the input, if it is one */
    void check(Optional<SchemaCheck> input) {
        checkEvents();
        checkCrons(input);
        checkCollect(input);
        checkBudgets();
        checkMetadata();
        checkSharing(workflow(), manifest.sharing(), "sharing");
    }

    private void checkEvents() {
        var events = manifest.triggers().events();
        atMost(MOST_TRIGGERS, events, "TRIGGER", "triggers.events", "events");
        var seen = new HashSet<EventTrigger>();
        for (int i = 0; i < events.size(); i++) {
            if (!seen.add(events.get(i))) {
                problems.report(
                        "TRIGGER",
                        "triggers.events[" + i + "]",
                        "Event '" + events.get(i).event() + "' starts the workflow twice under the same condition.");
            }
        }
    }

    private void checkCrons(Optional<SchemaCheck> input) {
        var crons = manifest.triggers().crons();
        atMost(MOST_TRIGGERS, crons, "TRIGGER", "triggers.crons", "schedules");
        var names = problems.new Taken();
        for (int i = 0; i < crons.size(); i++) {
            var path = "triggers.crons[" + i + "]";
            names.claim(crons.get(i).name(), path + ".name");
            checkCron(crons.get(i), path);
            if (input.isPresent() && (!gathers() || input.get().onlyArrays())) {
                checkCronInput(crons.get(i), path, input.get());
            }
        }
    }

    private void checkCron(CronTrigger cron, String path) {
        try {
            Cron.parse(cron.cron());
        } catch (InvalidCronException e) {
            problems.report("CRON", path + ".cron", "Schedule '" + cron.name() + "': " + e.getMessage());
        }
        if (!ZoneId.getAvailableZoneIds().contains(cron.zone())) {
            problems.report(
                    "CRON",
                    path + ".zone",
                    "Schedule '" + cron.name() + "' is in zone \"" + cron.zone()
                            + "\", which is no IANA time zone. Write one such as Europe/Berlin or UTC.");
        }
    }

    private void checkCronInput(CronTrigger cron, String path, SchemaCheck input) {
        JsonValue value;
        try {
            value = cron.input().isEmpty() ? JsonValue.NULL : Json.read(cron.input());
        } catch (InvalidJsonException e) {
            problems.report(
                    "CRON",
                    path + ".input",
                    "The input of schedule '" + cron.name() + "' is no JSON: " + e.getMessage());
            return;
        }
        // Gathered starts are elements of the input, not the input.
        var wrong = input.check(gathers() ? new JsonValue.Array(List.of(value)) : value);
        if (!wrong.isEmpty()) {
            problems.report(
                    "CRON",
                    path + ".input",
                    (cron.input().isEmpty()
                                    ? "Schedule '" + cron.name() + "' gives no input, but the workflow takes one: "
                                    : "The input of schedule '" + cron.name() + "' does not fit the workflow's: ")
                            + wrong.get(0) + ".");
        }
    }

    private boolean gathers() {
        return manifest.triggers().collect().isPresent();
    }

    private void checkCollect(Optional<SchemaCheck> input) {
        var triggers = manifest.triggers();
        if (!gathers()) {
            return;
        }
        if (input.isPresent() && !input.get().onlyArrays()) {
            problems.report(
                    "TRIGGER",
                    "triggers.collect",
                    "Workflow '" + manifest.workflow()
                            + "' gathers starts, so its input must be a list, but its schema is no array.");
        }
        if (triggers.debounce().isPresent()) {
            problems.report(
                    "TRIGGER",
                    "triggers.debounce",
                    "Workflow '" + manifest.workflow()
                            + "' gathers starts and lets the last one replace those before; one of the two must go.");
        }
    }

    private void checkBudgets() {
        atMost(MOST_LIMITS, manifest.budgets(), "BUDGET", "budgets", "budgets");
        var names = problems.new Taken();
        for (int i = 0; i < manifest.budgets().size(); i++) {
            names.claim(manifest.budgets().get(i).name(), "budgets[" + i + "].name");
        }
    }

    private void checkMetadata() {
        int bytes = 0;
        for (var label : manifest.metadata().entrySet()) {
            bytes += bytes(label.getKey()) + bytes(label.getValue());
            if (!Names.isName(label.getKey())) {
                problems.report(
                        "METADATA",
                        "metadata." + label.getKey(),
                        "A label must have a name like that of a workflow, but this one is \"" + label.getKey()
                                + "\".");
            }
        }
        if (manifest.metadata().size() > MOST_METADATA || bytes > MOST_METADATA_BYTES) {
            problems.report(
                    "METADATA",
                    "metadata",
                    "Workflow '" + manifest.workflow() + "' has "
                            + manifest.metadata().size() + " labels of " + bytes + " bytes, but may have "
                            + MOST_METADATA
                            + " of " + MOST_METADATA_BYTES + " bytes in all.");
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Checks the limits of a workflow, a step or an action; those of one name must say the same wherever they stand. */
    void checkSharing(String owner, Sharing sharing, String path) {
        var limits = sharing.concurrency();
        if (limits.size() > MOST_LIMITS) {
            problems.report(
                    "SHARING",
                    path + ".concurrency",
                    owner + " has " + limits.size() + " concurrency limits, but may have " + MOST_LIMITS + ".");
        }
        var names = new HashSet<String>();
        for (int i = 0; i < limits.size(); i++) {
            var limit = limits.get(i);
            var at = path + ".concurrency[" + i + "]";
            if (limit.name().isEmpty()) {
                continue;
            }
            if (!names.add(limit.name())) {
                problems.report(
                        "SHARING", at + ".name", owner + " names concurrency limit '" + limit.name() + "' twice.");
            }
            var other = shared.putIfAbsent(limit.name(), limit);
            if (other != null && (other.limit() != limit.limit() || other.strategy() != limit.strategy())) {
                problems.report(
                        "SHARING",
                        at,
                        "Concurrency limit '" + limit.name() + "' is " + limit.limit() + " with " + limit.strategy()
                                + " here and " + other.limit() + " with " + other.strategy()
                                + " elsewhere in the workflow; it can be only one.");
            }
            if (isHeldByTheRun(owner, limit)) {
                problems.report(
                        "SHARING",
                        at,
                        owner + " needs the one permit of concurrency limit '" + limit.name()
                                + "', which its run holds until it ends, so it could never begin.");
            }
        }
    }

    /** Whether a step or an action asks for the only permit of a limit that the run itself has. */
    private boolean isHeldByTheRun(String owner, ConcurrencySpec limit) {
        return !owner.equals(workflow())
                && limit.limit() == 1
                && manifest.sharing().concurrency().stream()
                        .anyMatch(
                                of -> of.name().equals(limit.name()) && of.key().equals(limit.key()));
    }

    private String workflow() {
        return "Workflow '" + manifest.workflow() + "'";
    }

    private void atMost(int most, List<?> parts, String code, String path, String what) {
        if (parts.size() > most) {
            problems.report(
                    code,
                    path,
                    "Workflow '" + manifest.workflow() + "' has " + parts.size() + " " + what + ", but may have " + most
                            + ".");
        }
    }
}
