package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;
import static dev.millrace.processor.Compilation.preview;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What starts runs: events and schedules, and what becomes of starts before they are runs. */
class TriggerTest {
    private static final String STEP = """
            class Bad { @Step String ship(Order order) { return ""; } }
            record Order(String id, int cents) {}
            """;
    private static final String NO_INPUT = """
            class Bad { @Step String ship() { return ""; } }
            """;

    @Test
    void everyTriggerIsUnderstood() {
        preview("""
                @OnEvent("order.*")
                @Debounce(value = "5s", maxWait = "1m")
                @Throttle(limit = 10, per = "1m")
                @Cron(value = "30 2 * * 1-5", zone = "Europe/Berlin", jitter = "30s", overlap = Overlap.SKIP, input = "{\\"id\\":\\"x\\",\\"cents\\":1}")
                @Budget(value = "openai.tokens", limit = 1000.5)
                @Metadata(name = "team", value = "shop")
                @Workflow(pinning = Pinning.BUILD, weight = Weight.LIGHT, tags = {"a", "b"})
                """ + STEP).succeeds();
    }

    @Test
    void anEventNeedsAnInput() {
        preview("@Workflow /*>*/@OnEvent(\"order.placed\")\n" + NO_INPUT).failsWith("""
                [Millrace/EventWithoutInput] Event "order.placed" starts Bad, but its payload goes nowhere: no step takes an input.
                    Fix: take the payload in a step, as a record of what is needed of it.""");
    }

    @Test
    void anEventHasAName() {
        preview("@Workflow @OnEvent(/*>*/\"order placed\")\n" + STEP).failsWith("""
                [Millrace/BadName] "order placed" is no name of an event: names are 1 to 128 letters (a-z, A-Z), digits, '.', '_', ':' or '-', and '*' stands for one whole part.
                    Fix: write a name such as "order.placed", or "order.*".""");
    }

    @Test
    void gatheredStartsAreAList() {
        preview("@Workflow /*>*/@Collect(maxSize = 10, maxWait = \"1s\")\n" + STEP)
                .failsWith("""
                [Millrace/CollectWithoutList] @Collect gathers starts to a list, but the input of Bad is Order (parameter 'order' of ship()).
                    Fix: take a List<Order> as the input, or remove @Collect.""");
        preview("@Workflow /*>*/@Collect(maxSize = 10, maxWait = \"1s\")\n" + NO_INPUT)
                .failsWith("""
                [Millrace/CollectWithoutList] @Collect gathers starts to a list, but Bad takes no input.
                    Fix: take a List of what starts carry as the input, or remove @Collect.""");
    }

    @Test
    void startsAreGatheredOrReplaced() {
        preview("""
                @Workflow @Collect(maxSize = 10, maxWait = "1s") /*>*/@Debounce("1s")
                class Bad { @Step String ship(List<Order> orders) { return ""; } }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/ConflictingAnnotations] Bad has @Collect and @Debounce, but starts are either gathered, or each replaces the one before.
                    Fix: keep one of them.""");
    }

    @Test
    void aDebouncedStartCanBecomeQuiet() {
        preview("@Workflow @Debounce(value = \"5s\", maxWait = /*>*/\"1s\")\n" + STEP)
                .failsWith("""
                [Millrace/BadDuration] "1s" is shorter than the "5s" that it must be quiet, so it would never be quiet for long enough.
                    Fix: make maxWait longer, or leave it out.""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Collect(maxSize = 10, maxWait = /*>*/\"soon\")           | \"soon\" is not a duration. | 30s, 5m, 2h or 7d",
                "Debounce(/*>*/\"10\")                                    | \"10\" has no unit. | 10s, 10m or 10h",
                "Throttle(per = /*>*/\"1 sec\")                           | \"1 sec\" is not a duration: unknown unit 'sec'. | \"1s\"",
                "Cron(value = \"0 2 * * *\", zone = \"UTC\", input = \"[]\", jitter = /*>*/\"0s\") | \"0s\" is no time at all. | 30s, 5m, 2h or 7d",
            })
    void everyDurationIsOne(String written, String message, String fix) {
        preview("@Workflow @" + written + "\nclass Bad { @Step String ship(List<String> ids) { return \"\"; } }\n")
                .failsWith("[Millrace/BadDuration] " + message + "\n    Fix: write " + fix + ".");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 25 * * * | BadCron        | write minute, hour, day of month, month and day of week: \"30 2 * * 1-5\" is 02:30 on weekdays.",
                "daily      | BadCron        | write minute, hour, day of month, month and day of week: \"30 2 * * 1-5\" is 02:30 on weekdays.",
                "0 0 30 2 * | ImpossibleCron | write a day that the month has; for the last one of a month write 28, or the 1st of the next.",
            })
    void aScheduleFiresSomeDay(String cron, String tag, String fix) {
        var compilation = preview("@Workflow @Cron(value = \"" + cron + "\", zone = \"UTC\")\n" + NO_INPUT);

        compilation.failsMentioning("[Millrace/" + tag + "] \"" + cron + "\"");
        compilation.failsMentioning("Fix: " + fix);
    }

    @Test
    void februaryHasNoThirtiethDay() {
        preview("@Workflow @Cron(value = /*>*/\"0 0 30 2 *\", zone = \"UTC\")\n" + NO_INPUT)
                .failsWith("""
                [Millrace/ImpossibleCron] "0 0 30 2 *" never fires: February never has a day 30.
                    Fix: write a day that the month has; for the last one of a month write 28, or the 1st of the next.""");
    }

    @Test
    void aDayHasTwentyFourHours() {
        preview("@Workflow @Cron(value = /*>*/\"0 25 * * *\", zone = \"UTC\")\n" + NO_INPUT)
                .failsWith("""
                [Millrace/BadCron] "0 25 * * *": hour 25 is outside 0..23 (hour, field 2).
                    Fix: write minute, hour, day of month, month and day of week: "30 2 * * 1-5" is 02:30 on weekdays.""");
    }

    @Test
    void aZoneIsOneOfIana() {
        preview("@Workflow @Cron(value = \"0 2 * * *\", zone = /*>*/\"Europe/Berln\")\n" + NO_INPUT)
                .failsWith("""
                [Millrace/BadZone] "Europe/Berln" is no IANA time zone. Did you mean "Europe/Berlin"?
                    Fix: write a region, such as "Europe/Berlin", or "UTC".""");
    }

    @Test
    void theInputOfAScheduleIsThatOfTheWorkflow() {
        preview("@Workflow /*>*/@Cron(value = \"0 2 * * *\", zone = \"UTC\")\n" + STEP)
                .failsWith("""
                [Millrace/BadCronInput] The schedule gives no input, but Bad takes one: Order.
                    Fix: write it as JSON: @Cron(input = "…").""");
        preview(
                        "@Workflow @Cron(value = \"0 2 * * *\", zone = \"UTC\", input = /*>*/\"{\\\"id\\\":7,\\\"cents\\\":1}\")\n"
                                + STEP)
                .failsWith("""
                [Millrace/BadCronInput] The input of the schedule is not that of Bad, which is Order: $.id: must be a string, but is 7.
                    Fix: write it as JSON: @Cron(input = "…").""");
        preview("@Workflow @Cron(value = \"0 2 * * *\", zone = \"UTC\", input = /*>*/\"7\")\n" + NO_INPUT)
                .failsWith("""
                [Millrace/BadCronInput] The input of the schedule is not that of Bad, which is none: $: must be null, but is 7.
                    Fix: remove 'input'.""");
    }

    @Test
    void theInputOfAScheduleIsJson() {
        preview("@Workflow @Cron(value = \"0 2 * * *\", zone = \"UTC\", input = \"{id: 7}\")\n" + STEP)
                .failsMentioning("[Millrace/BadCronInput] The input of a schedule is no JSON: ");
    }

    @Test
    void aGatheredStartOfAScheduleIsAnElement() {
        preview("""
                @Workflow @Collect(maxSize = 10, maxWait = "1s")
                @Cron(value = "0 2 * * *", zone = "UTC", input = "{\\"id\\":\\"x\\"}")
                class Bad { @Step String ship(List<Order> orders) { return ""; } }
                record Order(String id) {}
                """).succeeds();
    }

    @Test
    void whatHasANameIsToldOnce() {
        var compilation = preview("""
                @Budget(value = "usd", limit = 1) @Budget(value = "usd", limit = 2)
                @Metadata(name = "team", value = "a") @Metadata(name = "team", value = "b")
                @Cron(value = "0 2 * * *", zone = "UTC") @Cron(value = "0 2 * * *", zone = "Europe/Berlin")
                @Workflow
                """ + NO_INPUT);
        for (var what : List.of("@Budget is told twice for \"usd\"", "@Metadata is told twice for \"team\"")) {
            compilation.failsMentioning("[Millrace/ToldTwice] " + what + ".");
        }
        compilation.failsMentioning("give one of the schedules another name: @Cron(name = \"…\").");
        preview("@Workflow(tags = {\"a\", /*>*/\"a\"})\n" + STEP).failsWith("""
                [Millrace/ToldTwice] Tag "a" of Bad is there twice.
                    Fix: remove it.""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Budget(value = \"usd\", limit = /*>*/0)                       | @Budget(limit = 0) is not above 0 and at most 1000000000000000. | write how much a run may use.",
                "Throttle(per = \"1s\", limit = /*>*/0)                        | @Throttle(limit = 0) is not 1 to 2147483647. | write how many starts a period admits, or remove @Throttle.",
                "Collect(maxSize = /*>*/1, maxWait = \"1s\")                   | @Collect(maxSize = 1) is not 2 to 10000. | write how many starts make one run at most; a run for each is what there is without @Collect.",
                "Concurrency(limit = /*>*/0)                                   | @Concurrency(limit = 0) is not 1 to 2147483647. | write how many may go on at once; 1 for one after the other.",
                "Fair(key = \"metadata.team\", weight = /*>*/\"0\")            | @Fair(weight = \"0\") is not above 0, so the group would never have a turn. | write a number above 0, or an expression for one.",
            })
    void everyNumberOfAClassIsInItsRange(String written, String sentence, String fix) {
        preview("@Workflow @" + written + "\nclass Bad { @Step String ship(List<String> ids) { return \"\"; } }\n")
                .failsWith("[Millrace/OutOfRange] " + sentence + "\n    Fix: " + fix);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Budget(value = /*>*/\"a b\", limit = 1)               | a budget",
                "Metadata(name = /*>*/\"a b\", value = \"x\")          | a label",
                "Concurrency(name = /*>*/\"a b\", limit = 1)           | a concurrency limit",
            })
    void everyNameCanStandInAnAddress(String written, String what) {
        preview("@Workflow @" + written + "\n" + STEP).failsMentioning("\"a b\" is no name for " + what);
    }

    @Test
    void theNamesThatOthersHaveForSchedulesAreUnderstoodAndAnswered() {
        compile("""
                @Workflow @Cron(value = /*>*/"@hourly", zone = "UTC") class Bad {
                  @Step String clean() { return ""; }
                }
                """).failsMentioning("Fix: write \"0 * * * *\".");
    }
}
