package dev.millrace.manifest.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each rule but those about schemas, there and back: one edit of the manifest that says everything makes one change with this
 * verdict, and taking it back makes one with that verdict.
 */
class EveryRuleTest {
    private static final String EVERYTHING = everything();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // of the workflow
                "\"workflow\": \"everything\" | \"workflow\": \"all\"      | workflow                    | BREAKING | BREAKING | no longer reaches this version",
                "Says all that            | Says what                       | description                 | SAFE     | SAFE     | The description changed",
                "\"sales\"\\n  ]          | \"sales\", \"eu\"]         | tags                        | SAFE     | SAFE     | [sales, eu]",
                "\"region\": \"eu\",      | \"region\": \"us\",             | metadata.region             | RISKY    | RISKY    | searches by it miss new runs",
                "\"region\": \"eu\",      | \"region\": \"eu\", \"a\": \"b\", | metadata.a                | SAFE     | RISKY    | The label 'a' is",
                "PRIVATE                  | PUBLIC                          | visibility                  | SAFE     | BREAKING | other services can no longer start it",
                "LIGHT                    | NORMAL                          | weight                      | SAFE     | RISKY    | kept for a shorter time",
                "\"7d\"                   | \"6d\"                          | deadline                    | RISKY    | SAFE     | from 7d to 6d; runs that take longer now time out",
                "\"pinning\": \"BUILD\"   | \"pinning\": \"SHAPE\"          | pinning                     | RISKY    | SAFE     | another build",
                "\"pinning\": \"BUILD\"   | \"pinning\": \"AUTO\"           | pinning                     | RISKY    | SAFE     | another build",
                "\"limit\": 2,            | \"limit\": 1,                   | sharing.concurrency         | RISKY    | SAFE     | from 2 to 1; those beyond the limit 'customers' per \"input.customer\" are cancelled",
                "CANCEL_NEW               | CANCEL_RUNNING                  | sharing.concurrency         | RISKY    | RISKY    | from CANCEL_NEW to CANCEL_RUNNING; those beyond",
                "\"concurrency\": [       | \"concurrency\": [{\"limit\": 3, \"strategy\": \"QUEUE\"}, | sharing.concurrency | RISKY | RISKY | The limit of its own is",
                "\"weight\": \"input.share\" | \"weight\": \"1\"             | sharing.fairness.weight     | SAFE     | SAFE     | from \"input.share\" to \"1\"",
                "\"key\": \"input.customer\",\\n      \"weight\" | \"key\": \"input.group\", \"weight\" | sharing.fairness.key | SAFE | SAFE | the groups that take turns are others",
                "20000.5                  | 100                             | budgets.openai.tokens.limit | RISKY    | SAFE     | from 20000.5 to 100; a run that would spend more waits",
                "\"ASK\"                  | \"FAIL\"                        | budgets.openai.tokens.exceeded | RISKY | RISKY    | would spend more fails",
                "\"budgets\": [           | \"budgets\": [{\"name\": \"mails\", \"limit\": 9, \"exceeded\": \"FAIL\"}, | budgets.mails | RISKY | SAFE | has a bound now; one that would spend more fails",
                // of what starts runs
                "event.cents > 0          | event.cents > 9                 | triggers.events.order.*.where | RISKY  | RISKY    | other events start runs than before",
                "\"events\": [            | \"events\": [{\"event\": \"a\"}, | triggers.events.a          | SAFE     | RISKY    | The event 'a' starts runs now.",
                "0 2 * * *                | 0 3 * * *                       | triggers.crons.nightly.cron | RISKY    | RISKY    | runs start at other times",
                "Europe/Berlin            | Europe/Paris                    | triggers.crons.nightly.zone | RISKY    | RISKY    | runs start at other times",
                "\\\"all\\\"              | \\\"one\\\"                     | triggers.crons.nightly.input | RISKY   | RISKY    | from",
                "\"overlap\": \"SKIP\"    | \"overlap\": \"QUEUE\"          | triggers.crons.nightly.overlap | RISKY | RISKY    | from SKIP to QUEUE",
                "\"catchUp\": \"ALL\"     | \"catchUp\": \"LATEST\"         | triggers.crons.nightly.catchUp | RISKY | RISKY    | from ALL to LATEST",
                "\"jitter\": \"5m\"       | \"jitter\": \"6m\"              | triggers.crons.nightly.jitter | RISKY  | SAFE     | from 5m to 6m; runs may start later",
                "\"crons\": [             | \"crons\": [{\"name\": \"n\", \"cron\": \"* * * * *\", \"zone\": \"UTC\", \"overlap\": \"ALLOW\", \"catchUp\": \"SKIP\", \"jitter\": \"0s\"}, | triggers.crons.n | SAFE | RISKY | The schedule 'n' starts runs now.",
                "\"maxSize\": 100         | \"maxSize\": 50                 | triggers.collect.maxSize    | SAFE     | SAFE     | from 100 to 50",
                "\"maxWait\": \"10s\"     | \"maxWait\": \"20s\"            | triggers.collect.maxWait    | RISKY    | SAFE     | starts may wait longer for others",
                "\"maxWait\": \"10s\",\\n      \"key\": \"input.customer\" | \"maxWait\": \"10s\" | triggers.collect.key | RISKY | RISKY | grouped in another way",
                "\"collect\": {           | \"debounce\": {\"quiet\": \"1s\"}, \"collect\": { | triggers.debounce | RISKY | RISKY  | wait for quiet now",
                "\"limit\": 10,           | \"limit\": 5,                   | triggers.throttle           | RISKY    | SAFE     | from \"10 per 1m\" to \"5 per 1m\"; more starts are refused",
                "\"per\": \"1m\"          | \"per\": \"30s\"                | triggers.throttle           | SAFE     | RISKY    | to \"10 per 30s\".",
                "\"per\": \"1m\",\\n      \"key\": \"input.customer\" | \"per\": \"1m\" | triggers.throttle.key | RISKY  | RISKY    | grouped in another way",
                // of steps
                "\"kind\": \"ASYNC\"      | \"kind\": \"PLAIN\"             | steps.split.kind            | SAFE     | SAFE     | from ASYNC to PLAIN",
                "\"kind\": \"ASYNC\"      | \"kind\": \"DURABLE\"           | steps.split.kind            | RISKY    | RISKY    | from ASYNC to DURABLE",
                "part.weight > 0          | part.weight > 1                 | steps.ship.when             | RISKY    | RISKY    | it is skipped in other runs than before",
                "\"when\": \"part.weight > 0\", | ``                        | steps.ship.when             | RISKY    | RISKY    | from \"part.weight > 0\" to none",
                "\"30s\",\\n        \"queueTimeout\": \"1h\" | \"20s\", \"queueTimeout\": \"1h\" | steps.split.policy.timeout | RISKY | SAFE | attempts that take longer now fail",
                "\"1h\"                   | \"2h\"                          | steps.split.policy.queueTimeout | SAFE | RISKY    | from 1h to 2h.",
                "\"retries\": 3           | \"retries\": 2                  | steps.split.policy.retries  | RISKY    | SAFE     | from 3 to 2; failures are given up on sooner",
                "\"500ms\"                | \"600ms\"                       | steps.split.policy.backoff  | SAFE     | SAFE     | from \"500ms times 1.5 up to 1m\"",
                "\"multiplier\": 1.5      | \"multiplier\": 2               | steps.split.policy.backoff  | SAFE     | SAFE     | times 2.0",
                "AT_MOST_ONCE             | AT_LEAST_ONCE                   | steps.ship.policy.delivery  | RISKY    | RISKY    | may be entered again",
                "\"slots\": 2             | \"slots\": 1                    | steps.split.policy.slots    | SAFE     | SAFE     | from 2 to 1",
                "\"slotKind\": \"gpu\"      | \"slotKind\": \"fpga\"            | steps.split.policy.slotKind | RISKY    | RISKY    | until a worker has slots of that kind",
                "java.io.IOException      | java.lang.Exception             | steps.split.policy.retryOn  | RISKY    | RISKY    | other exceptions are retried than before",
                "\"value\": \"32\"        | \"value\": \"64\"               | steps.split.policy.placement.requires | RISKY | RISKY | other workers may be given it",
                "\"weight\": 5            | \"weight\": 6                   | steps.split.policy.placement.prefers | SAFE | SAFE | (weight 6)]",
                "\"sticky\": \"SOFT\"     | \"sticky\": \"HARD\"            | steps.split.policy.placement.sticky | RISKY | SAFE | it may wait longer, for the worker where its run was",
                "\"sticky\": \"SOFT\"     | \"sticky\": \"NONE\"            | steps.split.policy.placement.sticky | RISKY | SAFE | what a run left on its worker may be missed",
                "java.io.FileNotFoundException | com.acme.Gone              | steps.split.policy.noRetryOn | RISKY   | RISKY    | other exceptions are retried than before",
                "\"input.estimatedTokens\" | \"input.tokens\"               | steps.split.rateLimits      | RISKY    | RISKY    | \"input.estimatedTokens\" of 'openai-tpm' per \"input.region\"",
                "\"input.region\"         | \"input.zone\"                  | steps.split.rateLimits      | RISKY    | RISKY    | per \"input.zone\"",
                "\"limit\": 5,            | \"limit\": 6,                   | steps.split.sharing.concurrency | SAFE | RISKY    | from 5 to 6",
                "\"limit\": 5,            | \"key\": \"input.customer\", \"limit\": 5, | steps.split.sharing.concurrency | RISKY,RISKY | RISKY,RISKY | is new; those beyond it wait",
                "0.25                     | 0.5                             | steps.split.circuitBreaker  | RISKY    | RISKY    | shop at 0.5 of 40 failed, open for 1m",
                "\"window\": 40           | \"window\": 41                  | steps.split.circuitBreaker  | RISKY    | RISKY    | stopped in other situations",
                "\"splitLocally\"         | \"splitElsewhere\"              | steps.split.fallback        | RISKY    | RISKY    | it answers now when attempts are used up",
                "\"fallback\": \"splitLocally\", | ``                       | steps.split.fallback        | RISKY    | RISKY    | what it answered for fails now",
                "\"type\": \"string\"\\n        }\\n      }\\n    }, | \"type\": [\"string\", \"null\"] } } }, | steps.split.stream | RISKY | SAFE | to string or null",
                "\"maxSize\": 50          | \"maxSize\": 60                 | steps.ship.batch.maxSize    | SAFE     | SAFE     | from 50 to 60",
                "\"maxWait\": \"100ms\"   | \"maxWait\": \"1s\"             | steps.ship.batch.maxWait    | RISKY    | SAFE     | tasks may wait longer for others",
                "\"part.depot\"           | \"part.country\"                | steps.ship.batch.key        | RISKY    | RISKY    | other tasks share a call than before",
                "\"mode\": \"EACH\"       | \"mode\": \"VALUE\"             | steps.ship.parameters       | RISKY    | RISKY    | in another way",
                "\"step\": \"split\",\\n          \"mode\": \"EACH\" | \"step\": \"poll\", \"mode\": \"EACH\" | steps.ship.parents | RISKY | RISKY | waited for [split] and now waits for [poll]",
                "\"kind\": \"OPTIONAL\"   | \"kind\": \"VALUE\"             | steps.ship.output           | RISKY    | RISKY    | downstream must read the new form",
                "event.customer == input.customer | true                    | steps.poll.awaits.invoice.paid.where | RISKY | RISKY | other events end the wait",
                "\"timeout\": \"14d\"     | \"timeout\": \"13d\"            | steps.poll.awaits.invoice.paid.timeout | RISKY | SAFE | no longer waited for",
                "\"timeout\": \"14d\",    | ``                              | steps.poll.awaits.invoice.paid.timeout | SAFE | RISKY | from 14d to no bound",
                "com.acme.Paid\",\\n            \"schema\": true | x\", \"schema\": {\"type\": \"string\"} | steps.poll.awaits.invoice.paid.schema | BREAKING | SAFE | from any to string",
                "\"name\": \"invoice.paid\" | \"name\": \"paid\"            | steps.poll.awaits.invoice.paid,steps.poll.awaits.paid | RISKY,RISKY | RISKY,RISKY | no longer waits for the event 'invoice.paid'",
                "\"role\": \"editor\"     | \"role\": \"chief\"             | steps.review.awaits.Is this order all right?.role | RISKY | RISKY | others may answer than before",
                // of actions, handlers and limits
                "\"actions\": [           | \"actions\": [{\"name\": \"a\", \"output\": {\"kind\": \"NONE\", \"type\": \"void\"}, \"policy\": POLICY}, | actions.a | SAFE | RISKY | The action 'a' is new",
                "com.acme.Plan\",\\n        \"schema\": true | P\", \"schema\": {\"type\": \"null\"} | actions.plan.output         | RISKY    | RISKY    | have results in the old form stored",
                "TRANSACTIONAL            | AT_MOST_ONCE                    | actions.plan.policy.delivery | RISKY   | RISKY    | a task whose worker is lost now fails",
                "\"cost\": 500            | \"cost\": 400                   | actions.plan.rateLimits     | RISKY    | RISKY    | from [500 of 'openai-tpm'] to [400 of 'openai-tpm']",
                "\"planByHand\"           | \"plan2\"                       | actions.plan.fallback       | RISKY    | RISKY    | it answers now",
                "\"failureRate\": 1,      | \"failureRate\": 0.75,          | actions.plan.circuitBreaker | RISKY    | RISKY    | from \"1.0 of 20 failed, open for 30s\"",
                "\"name\": \"undo\"       | \"name\": \"redo\"              | compensations.split         | RISKY    | RISKY    | The handler 'undo' gave way to 'redo'",
                "\"name\": \"parts\",     | \"name\": \"i\", \"source\": \"INPUT\", \"mode\": \"VALUE\"}, {\"name\": \"parts\", | compensations.split.parameters | RISKY | RISKY | The handler takes other arguments",
                "\"name\": \"alert\"      | \"name\": \"shout\"             | onFailure                   | RISKY    | RISKY    | The handler 'alert' gave way to 'shout'",
                "\"limit\": 90000         | \"limit\": 80000                | rateLimits.openai-tpm       | RISKY    | SAFE     | to 80000 per 1m (burst 90000); tasks may wait longer",
                "\"burst\": 90000         | \"burst\": 80000                | rateLimits.openai-tpm       | RISKY    | SAFE     | (burst 80000); tasks may wait longer",
                "\"period\": \"1m\"       | \"period\": \"59s\"             | rateLimits.openai-tpm       | SAFE     | RISKY    | to 90000 per 59s",
                "\"rateLimits\": [\\n    {\\n      \"name\": \"openai-tpm\",\\n      \"limit\" | \"rateLimits\": [{\"name\": \"x\", \"limit\": 1, \"period\": \"1s\", \"burst\": 1}, {\"name\": \"openai-tpm\", \"limit\" | rateLimits.x | SAFE | SAFE | The limit of 1 per 1s (burst 1) is new",
                // of the result
                "\"poll\"\\n    ]         | ]                               | result                      | BREAKING | SAFE     | Runs have no result any longer",
                "\"poll\"\\n    ]         | \"poll\", \"ship\"]             | result                      | BREAKING | BREAKING | one step is its value, several are an object",
                "\"kind\": \"LOOP\"       | \"kind\": \"VALUE\"             | steps.poll.output.kind      | RISKY    | RISKY    | may take many turns",
                "\"kind\": \"LOOP\"       | \"kind\": \"OPTIONAL\"          | steps.poll.output.kind,result | RISKY,RISKY | RISKY,SAFE | The value may be absent now",
                "\"poll\"\\n    ]         | \"ship\"]                       | result.steps,result         | RISKY,RISKY | RISKY,SAFE | from \"poll\" to \"ship\"; it is another",
            })
    void oneEditMakesOneChangeThereAndBack(
            String original, String mutated, String path, String there, String back, String sentence) {
        var older = ManifestJson.read(EVERYTHING);
        var newer = edited(original, mutated);

        var changes = ManifestDiff.between(older, newer).changes();
        assertThat(changes).extracting(change -> change.verdict().name()).containsExactly(there.split(","));
        assertThat(changes).extracting(Change::path).containsOnly(path.split(","));
        assertThat(changes)
                .extracting(Change::sentence)
                .allSatisfy(text -> assertThat(text).endsWith("."));
        var returned = ManifestDiff.between(newer, older).changes();
        assertThat(returned).extracting(change -> change.verdict().name()).containsExactly(back.split(","));
        assertThat(returned).extracting(Change::path).containsOnly(path.split(","));
        assertThat(changes.toString() + returned).contains(sentence);
    }

    /** Parts that may be missing as a whole: what it means that one is gone, and that it is new. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sharing        | sharing.concurrency,sharing.fairness | RISKY,SAFE | RISKY,SAFE | no longer take turns by group",
                "collect        | triggers.collect    | BREAKING | BREAKING | Starts are gathered now",
                "throttle       | triggers.throttle   | SAFE     | RISKY    | Starts beyond a rate are refused now",
                "circuitBreaker | steps.split.circuitBreaker | SAFE | RISKY | A circuit breaker may stop attempts now",
                "placement      | steps.split.policy.placement.requires,steps.split.policy.placement.prefers,steps.split.policy.placement.sticky | RISKY,SAFE,RISKY | RISKY,SAFE,SAFE | any worker may be given it",
                "stream         | steps.split.stream  | BREAKING | SAFE     | no longer streams items",
                "batch          | steps.ship.batch    | SAFE     | RISKY    | Tasks share a call now",
                "onFailure      | onFailure           | RISKY    | SAFE     | No handler is called any longer",
                "compensations  | compensations.split | RISKY    | SAFE     | Nothing undoes the step 'split' any longer",
            })
    void aPartThatIsGoneOrNewIsOneChange(String member, String path, String gone, String added, String sentence) {
        var with = ManifestJson.read(EVERYTHING);
        var without = ManifestJson.read(without(member));

        var goes = ManifestDiff.between(with, without).changes();
        var comes = ManifestDiff.between(without, with).changes();

        assertThat(goes).extracting(Change::path).containsExactly(path.split(","));
        assertThat(goes).extracting(change -> change.verdict().name()).containsExactly(gone.split(","));
        assertThat(comes).extracting(Change::path).containsExactly(path.split(","));
        assertThat(comes).extracting(change -> change.verdict().name()).containsExactly(added.split(","));
        assertThat(goes.toString() + comes).contains(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "quiet   | 2s | RISKY | RISKY | starts wait and replace each other otherwise",
                "maxWait | 2m | RISKY | SAFE  | starts may wait longer",
                "key     | b  | RISKY | RISKY | grouped in another way",
            })
    void debouncingIsComparedMemberByMember(String member, String value, String there, String back, String sentence) {
        var quiet = "\"debounce\": {\"quiet\": \"1s\", \"maxWait\": \"1m\", \"key\": \"a\"}, \"throttle\": {";
        var older = edited("\"throttle\": {", quiet);
        var newer =
                edited("\"throttle\": {", quiet.replaceFirst("(\"" + member + "\": )\"\\w+\"", "$1\"" + value + "\""));

        assertThat(ManifestDiff.between(older, newer).changes()).singleElement().satisfies(change -> {
            assertThat(change.path()).isEqualTo("triggers.debounce." + member);
            assertThat(change.verdict()).hasToString(there);
            assertThat(change.sentence()).contains(sentence);
        });
        assertThat(ManifestDiff.between(newer, older).verdict()).hasToString(back);
    }

    @Test
    void aMendedDescriptionOfASchemaIsNoChange() {
        var newer = edited(
                "\"type\": \"com.acme.Parcel\",\\n        \"schema\": true",
                "\"type\": \"P\", \"schema\": {\"description\": \"x\"}");

        assertThat(ManifestDiff.between(ManifestJson.read(EVERYTHING), newer).changes())
                .isEmpty();
    }

    /** A member that the hash covers and the comparison forgot would change a version behind everybody's back. */
    @Test
    void whateverMakesAnotherVersionIsAChange() {
        var older = ManifestJson.read(EVERYTHING);
        int versions = 0;
        var forgotten = new ArrayList<String>();
        for (var json : OneEdit.of(Json.read(EVERYTHING))) {
            var newer = readable(json);
            if (newer.isPresent() && !newer.get().hash().equals(older.hash())) {
                versions++;
                if (ManifestDiff.between(older, newer.get()).changes().isEmpty()) {
                    forgotten.add(whatDiffers(EVERYTHING, Json.pretty(json)));
                }
            }
        }
        assertThat(forgotten).isEmpty();
        assertThat(versions).isGreaterThan(100);
    }

    private static String whatDiffers(String older, String newer) {
        var lines = new ArrayList<>(older.lines().toList());
        newer.lines().forEach(lines::remove);
        return String.join("", lines).strip();
    }

    private static Optional<Manifest> readable(JsonValue json) {
        try {
            return Optional.of(ManifestJson.fromJson(json));
        } catch (InvalidManifestException e) {
            return Optional.empty();
        }
    }

    private static String everything() {
        try (var file = EveryRuleTest.class.getResourceAsStream("/dev/millrace/manifest/everything.json")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first occurrence is edited; {@code \n} stands for a line feed, which the table cannot hold. */
    private static Manifest edited(String original, String mutated) {
        var from = original.replace("\\n", "\n");
        assertThat(EVERYTHING).contains(from);
        var to = mutated == null ? "" : mutated.replace("POLICY", POLICY);
        return ManifestJson.read(EVERYTHING.replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(to)));
    }

    private static final String POLICY = """
            {"timeout": "1s", "queueTimeout": "1s", "retries": 0, "delivery": "AT_LEAST_ONCE", "slots": 1,
             "backoff": {"initial": "1s", "multiplier": 2, "max": "1s"}}""";

    /** Without the first member of this name, which is not the last one of its object or follows another one. */
    private static String without(String member) {
        var lines = EVERYTHING.split("\n");
        var kept = new StringBuilder();
        int indent = -1;
        boolean done = false;
        for (var line : lines) {
            int depth = line.length() - line.stripLeading().length();
            if (!done && indent < 0 && line.strip().startsWith("\"" + member + "\":")) {
                indent = depth;
            } else if (indent < 0 || done) {
                kept.append(line).append('\n');
            } else if (depth == indent) {
                done = true;
                if (!line.endsWith(",")) {
                    kept.setLength(kept.lastIndexOf(","));
                }
            }
        }
        return kept.toString();
    }
}
