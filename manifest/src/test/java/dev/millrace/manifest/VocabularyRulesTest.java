package dev.millrace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule about what manifests could not say in their first version, on the manifest that says everything. */
class VocabularyRulesTest {
    private static final String EVERYTHING = Manifests.everything();

    @Test
    void everythingIsReadBackAsWritten() {
        assertThat(ManifestJson.write(ManifestJson.read(EVERYTHING))).isEqualTo(EVERYTHING);
    }

    @Test
    void everythingIsWellFormedThoughNotYetEffective() {
        assertThat(ManifestRules.check(ManifestJson.read(EVERYTHING)))
                .isNotEmpty()
                .allMatch(problem -> problem.code().equals("NOT_SUPPORTED"));
    }

    @Test
    void eachWordWithoutEffectIsRefusedByName() {
        var messages = List.of(EVERYTHING, Manifests.debounced()).stream()
                .flatMap(text -> ManifestRules.check(ManifestJson.read(text)).stream())
                .filter(problem -> problem.code().equals("NOT_SUPPORTED"))
                .map(ManifestProblem::message)
                .collect(Collectors.joining("\n"));

        assertThat(LaterVocabulary.words())
                .isNotEmpty()
                .allSatisfy(word -> assertThat(messages)
                        .contains(" uses " + word + ", which this control plane does not act on yet."));
    }

    @Test
    void aWordWithoutEffectIsRefusedWhereItStands() {
        assertThat(ManifestRules.check(ManifestJson.read(EVERYTHING)))
                .extracting(ManifestProblem::path)
                .contains(
                        "metadata",
                        "input.schema.items.properties.card",
                        "input.schema.items.properties.customer",
                        "actions[0].policy.delivery",
                        "actions[0].sharing.fairness");
    }

    /** What reading refuses already: one part alone is wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"pinning\": \"BUILD\"       | \"pinning\": \"build\"          | pinning                        | one of [AUTO, SHAPE, BUILD], but is \"build\"",
                "\"limit\": 2,                | \"limit\": 0,                   | sharing.concurrency[0].limit   | at least 1, but is 0",
                "\"name\": \"customers\"      | \"name\": \"our customers\"     | sharing.concurrency[0].name    | \"our customers\"",
                "\"CANCEL_NEW\"               | \"DROP\"                        | sharing.concurrency[0].strategy | one of [QUEUE, CANCEL_RUNNING, CANCEL_NEW]",
                "\"weight\": \"input.share\"  | \"weight\": \" \"               | sharing.fairness.weight        | is blank",
                "\"weight\": \"input.share\"  | \"wieght\": \"1\"               | sharing.fairness.weight        | required, but missing",
                "\"limit\": 20000.5           | \"limit\": 0                    | budgets[0].limit               | above 0 and at most 1e15, but is 0.0",
                "\"limit\": 20000.5           | \"limit\": 1e16                 | budgets[0].limit               | above 0 and at most 1e15",
                "\"event\": \"order.*\"       | \"event\": \"order.p*\"         | triggers.events[0].event       | but is \"order.p*\"",
                "\"name\": \"nightly\"        | \"name\": \"\"                  | triggers.crons[0].name         | 1 to 128 characters",
                "\"jitter\": \"5m\"           | \"jitter\": \"400d\"            | triggers.crons[0].jitter       | longer than 366 days",
                "\"jitter\": \"5m\"           | \"jitter\": \"5m\", \"tz\": 1   | triggers.crons[0].tz           | no member",
                "\"maxSize\": 100             | \"maxSize\": 1                  | triggers.collect.maxSize       | at least 2, but is 1",
                "\"maxSize\": 100             | \"maxSize\": 10001              | triggers.collect.maxSize       | room for 2 to 10000, but has room for 10001",
                "\"maxWait\": \"10s\"         | \"maxWait\": \"0s\"             | triggers.collect.maxWait       | longer than zero",
                "\"per\": \"1m\"              | \"per\": \"soon\"               | triggers.throttle.per          | no duration",
                "\"limit\": 10,               | \"limit\": 0,                   | triggers.throttle.limit        | at least 1, but is 0",
                "\"throttle\": {              | \"throtle\": {}, \"throttle\": { | triggers.throtle              | no member",
                "\"team\": \"sales\"          | \"team\": 7                     | metadata.team                  | must be a string, but is 7",
                "\"kind\": \"ASYNC\"          | \"kind\": \"LAZY\"              | steps[0].kind                  | one of [PLAIN, ASYNC, DURABLE]",
                "\"cost\": 1,                 | \"cost\": 2,                    | steps[0].rateLimits[0].cost    | one of them must go",
                "\"failureRate\": 0.25        | \"failureRate\": 25             | steps[0].circuitBreaker.failureRate | above 0 and at most 1, but is 25.0",
                "\"window\": 40               | \"window\": 0                   | steps[0].circuitBreaker.window | from 1 to 10000, but is 0",
                "\"openFor\": \"1m\"          | \"openFor\": \"0s\"             | steps[0].circuitBreaker.openFor | longer than zero",
                "\"maxSize\": 50              | \"maxSize\": 1                  | steps[1].batch.maxSize         | at least 2, but is 1",
                "\"source\": \"TURN\"         | \"source\": \"EVENT\"           | steps[2].parameters[0].awaits  | must say what it waits for",
                "\"source\": \"APPROVAL\"     | \"source\": \"CONTEXT\"         | steps[3].parameters[1].awaits  | so waits for nothing",
                "\"timeout\": \"14d\"         | \"timeout\": \"0s\"             | steps[2].parameters[1].awaits.timeout | longer than zero",
                "\"role\": \"editor\"         | \"role\": \"the editor\"        | steps[3].parameters[1].awaits.role | \"the editor\"",
                "\"Is this order all right?\" | \"\\u001b[31m\"                 | steps[3].parameters[1].awaits.name | controls a terminal",
                "\"value\": \"32\"            | \"value\": \"32GB\"            | steps[0].policy.placement.requires[0].value | compared by AT_LEAST, so the value must be a number, but is \"32GB\"",
                "\"value\": \"eu\"            | \"value\": \"\"                | steps[0].policy.placement.prefers[0].value | 1 to 256 characters",
                "\"label\": \"region\"        | \"label\": \" \"               | steps[0].policy.placement.prefers[0].label | 1 to 256 characters",
                "\"EQUAL\"                    | \"LIKE\"                        | steps[0].policy.placement.prefers[0].comparator | one of [EQUAL, NOT_EQUAL, AT_LEAST, AT_MOST, GREATER, LESS]",
                "\"weight\": 5                | \"weight\": 0                   | steps[0].policy.placement.prefers[0].weight | from 1 to 1000, but is 0",
                "\"sticky\": \"SOFT\"         | \"sticky\": \"VERY\"            | steps[0].policy.placement.sticky | one of [NONE, SOFT, HARD]",
                "\"fallback\": \"planByHand\" | \"fallback\": \"planByHand\", \"x\": 1 | actions[0].x             | no member",
            })
    void whatIsWrongWithOnePartIsNamedByItsPath(String original, String mutated, String path, String sentence) {
        var refusal = catchThrowableOfType(
                InvalidManifestException.class, () -> ManifestJson.read(edited(original, mutated)));

        assertThat(refusal).isNotNull();
        assertThat(refusal.path()).isEqualTo(path);
        assertThat(refusal).hasMessageContaining(sentence);
    }

    /** What only the rules see: parts contradict each other. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"cron\": \"0 2 * * *\"      | \"cron\": \"0 2 * *\"           | CRON    | triggers.crons[0].cron       | nightly",
                "\"cron\": \"0 2 * * *\"      | \"cron\": \"0 0 30 2 *\"        | CRON    | triggers.crons[0].cron       | nightly",
                "\"zone\": \"Europe/Berlin\"  | \"zone\": \"Berlin\"            | CRON    | triggers.crons[0].zone       | no IANA time zone",
                "\"{\\\"customer\\\": \\\"all\\\"}\" | \"{customer\"            | CRON    | triggers.crons[0].input      | is no JSON",
                "\"{\\\"customer\\\": \\\"all\\\"}\" | \"{\\\"customer\\\": 7}\" | CRON   | triggers.crons[0].input      | does not fit the workflow's: $[0].customer",
                "\"{\\\"customer\\\": \\\"all\\\"}\" | \"\"                     | CRON    | triggers.crons[0].input      | gives no input",
                "\"crons\": [                 | \"crons\": [{\"name\": \"nightly\", \"cron\": \"* * * * *\", \"zone\": \"UTC\", \"input\": \"{}\", \"overlap\": \"ALLOW\", \"catchUp\": \"SKIP\", \"jitter\": \"0s\"}, | DUPLICATE_NAME | triggers.crons[1].name | taken already, by triggers.crons[0].name",
                "\"events\": [                | \"events\": [{\"event\": \"order.*\", \"where\": \"event.cents > 0\"}, | TRIGGER | triggers.events[1] | twice under the same condition",
                "\"type\": \"array\",         | \"type\": \"object\",           | TRIGGER | triggers.collect             | its schema is no array",
                "\"throttle\": {              | \"debounce\": {\"quiet\": \"1s\"}, \"throttle\": { | TRIGGER | triggers.debounce | one of the two must go",
                "\"budgets\": [               | \"budgets\": [{\"name\": \"openai.tokens\", \"limit\": 1, \"exceeded\": \"FAIL\"}, | DUPLICATE_NAME | budgets[1].name | 'openai.tokens' is taken",
                "\"team\": \"sales\"          | \"the team\": \"sales\"         | METADATA | metadata.the team           | must have a name",
                "\"limit\": 5,                | \"name\": \"customers\", \"limit\": 5, | SHARING | steps[0].sharing.concurrency[0] | is 5 with QUEUE here and 2 with CANCEL_NEW",
                "\"concurrency\": [           | \"concurrency\": [{\"name\": \"customers\", \"limit\": 2, \"strategy\": \"CANCEL_NEW\"}, | SHARING | sharing.concurrency[1].name | names concurrency limit 'customers' twice",
                "\"kind\": \"DURABLE\"        | \"kind\": \"PLAIN\"             | KIND    | steps[3].parameters          | is of kind PLAIN and so needs no parameter of source DURABLE, but has 1",
                "\"kind\": \"ASYNC\"          | \"kind\": \"DURABLE\"           | KIND    | steps[0].parameters          | needs one parameter of source DURABLE, but has 0",
                "\"source\": \"EMITTER\"      | \"source\": \"CONTEXT\"         | KIND    | steps[0].parameters          | has a stream and so needs one parameter of source EMITTER, but has 0",
                "\"kind\": \"LOOP\"           | \"kind\": \"VALUE\"             | KIND    | steps[2].parameters[0].source | is no loop",
                "\"name\": \"before\",        | \"name\": \"twice\", \"source\": \"TURN\", \"mode\": \"OPTIONAL\"}, {\"name\": \"before\", | KIND | steps[2].parameters | more than once",
                "\"kind\": \"OPTIONAL\"       | \"kind\": \"LOOP\"              | KIND    | steps[1].batch               | cannot be a loop",
                "\"name\": \"invoice.paid\"   | \"name\": \"an invoice\"        | WAIT    | steps[2].parameters[1].awaits.name | no name of an event",
                "\"timeout\": \"14d\"         | \"timeout\": \"14d\", \"role\": \"editor\" | WAIT | steps[2].parameters[1].awaits.role | only forms are answered by a role",
                "\"timeout\": \"2d\"          | \"timeout\": \"2d\", \"where\": \"true\" | WAIT | steps[3].parameters[1].awaits.where | whatever fits the form",
                "\"source\": \"FAILURE\"      | \"source\": \"EMITTER\"         | PARAMETER | onFailure.parameters[0].source | only steps may",
                "\"fallback\": \"splitLocally\" | \"fallback\": \"split-locally\" | POLICY | steps[0].fallback           | is no method",
                "\"name\": \"plan\",          | \"name\": \"ship\",             | DUPLICATE_NAME | actions[0].name       | 'ship' is taken",
                "\"cost\": 500                | \"cost\": 90001                 | RATE_LIMIT | actions[0].rateLimits[0].cost | holds 90000",
                "\"requires\": [              | \"requires\": [{\"label\": \"memory-gb\", \"comparator\": \"LESS\", \"value\": \"32\"}, | PLACEMENT | steps[0].policy.placement.requires[1] | requires that label 'memory-gb' is at least \"32\" and that label 'memory-gb' is less than \"32\", which no worker can be",
                "\"prefers\": [               | \"prefers\": [{\"label\": \"region\", \"comparator\": \"EQUAL\", \"value\": \"eu\", \"weight\": 1}, | PLACEMENT | steps[0].policy.placement.prefers[1] | prefers twice that label 'region' is \"eu\"",
                "\"x-millrace-sensitive\": true | \"x-millrace-sensitive\": 1   | SCHEMA  | input.schema.items.properties.card.x-millrace-sensitive | but is 1",
                "\"x-millrace-indexed\": \"customer\" | \"x-millrace-indexed\": \"a b\" | SCHEMA | input.schema.items.properties.customer.x-millrace-indexed | a name of metadata",
            })
    void whatContradictsIsRefusedByTheRules(
            String original, String mutated, String code, String path, String sentence) {
        var wrong = ManifestRules.check(ManifestJson.read(edited(original, mutated))).stream()
                .filter(problem -> !problem.code().equals("NOT_SUPPORTED"))
                .toList();

        assertThat(wrong).hasSize(1);
        assertThat(wrong.get(0).code()).isEqualTo(code);
        assertThat(wrong.get(0).path()).isEqualTo(path);
        assertThat(wrong.get(0).message()).contains(sentence).endsWith(".");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "steps[0].parameters[0].mode | orders  | OPTIONAL | VALUE",
                "steps[2].parameters[0].mode | before  | VALUE    | OPTIONAL",
                "steps[2].parameters[1].mode | paid    | EACH     | VALUE or OPTIONAL",
                "steps[3].parameters[2].mode | durable | OUTCOME  | VALUE",
            })
    void aModeBelongsToASource(String path, String parameter, String mode, String wanted) {
        var text = EVERYTHING.replaceFirst(
                "(?s)(\"name\": \"" + parameter + "\",.*?\"mode\": )\"\\w+\"", "$1\"" + mode + "\"");

        assertThat(ManifestRules.check(ManifestJson.read(text)))
                .filteredOn(problem -> problem.code().equals("PARAMETER"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.path()).isEqualTo(path);
                    assertThat(problem.message()).contains("must be " + wanted + ", but is " + mode);
                });
    }

    @Test
    void whatHoldsForStepsOnlyYetIsRefusedOfActions() {
        var policy = Defaults.stepPolicy();
        var everything = new ActionSpec(
                "ask",
                OutputSpec.VOID,
                new StepPolicy(
                        policy.timeout(),
                        policy.queueTimeout(),
                        0,
                        policy.backoff(),
                        Delivery.AT_MOST_ONCE,
                        2,
                        List.of(),
                        List.of()),
                List.of(new RateLimitUse("api", "", 1, "")),
                new Sharing(
                        List.of(new ConcurrencySpec("", "", 2, ConcurrencyStrategy.QUEUE)),
                        Optional.of(new FairSpec("input.id", FairSpec.EQUAL))),
                Optional.of(new CircuitBreakerSpec("", 0.5, 20, Duration.ofSeconds(30))),
                "guess",
                0);

        assertThat(LaterOfActions.of(everything)).containsExactly(LaterOfActions.values());
        assertThat(ManifestRules.check(Manifests.of(Manifests.step("a")).toBuilder()
                        .actions(List.of(everything))
                        .build()))
                .filteredOn(problem -> problem.code().equals("NOT_SUPPORTED")
                        && problem.message().contains("for steps only"))
                .extracting(ManifestProblem::path)
                .containsExactly(Stream.of(LaterOfActions.values())
                        .map(later -> "actions[0]." + later.path())
                        .toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({"1, '', '', 1", "1, input.id, input.id, 1", "2, '', '', 0", "1, '', input.id, 0"})
    void aStepDoesNotNeedTheOnlyPermitThatItsOwnRunHolds(int limit, String ofRun, String ofStep, int problems) {
        var manifest = Manifests.of(Manifests.step("a").toBuilder()
                        .sharing(named(ofStep, limit))
                        .build())
                .toBuilder()
                .sharing(named(ofRun, limit))
                .build();

        assertThat(ManifestRules.check(manifest))
                .hasSize(problems)
                .allSatisfy(problem -> assertThat(problem.message())
                        .isEqualTo(
                                "Step 'a' needs the one permit of concurrency limit 'bank', which its run holds until"
                                        + " it ends, so it could never begin."));
    }

    private static Sharing named(String key, int limit) {
        return new Sharing(
                List.of(new ConcurrencySpec("bank", key, limit, ConcurrencyStrategy.QUEUE)), Optional.empty());
    }

    @Test
    void anActionIsNoLoop() {
        var text = EVERYTHING.replaceFirst("\"VALUE\",(\\s+\"type\": \"com.acme.Plan\")", "\"LOOP\",$1");

        assertThat(ManifestRules.check(ManifestJson.read(text)))
                .filteredOn(problem -> problem.code().equals("KIND"))
                .extracting(ManifestProblem::path)
                .containsExactly("actions[0].output.kind");
    }

    @Test
    void thereAreBoundsOnHowManyOfEachThereAre() {
        var event = new EventTrigger("e", "");
        var crowd = Manifests.of(Manifests.step("a")).toBuilder()
                .budgets(IntStream.range(0, 17)
                        .mapToObj(i -> new BudgetSpec("b" + i, 1, BudgetExceeded.FAIL))
                        .toList())
                .metadata(IntStream.range(0, 33).boxed().collect(Collectors.toMap(i -> "m" + i, i -> "")))
                .sharing(new Sharing(
                        Collections.nCopies(17, new ConcurrencySpec("", "", 1, ConcurrencyStrategy.QUEUE)),
                        Optional.empty()))
                .triggers(new Triggers(
                        IntStream.range(0, 101)
                                .mapToObj(i -> new EventTrigger(event.event() + i, ""))
                                .toList(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .build();

        assertThat(ManifestRules.check(crowd))
                .filteredOn(problem -> !problem.code().equals("NOT_SUPPORTED"))
                .extracting(problem -> problem.code() + " " + problem.path())
                .containsExactly(
                        "TRIGGER triggers.events",
                        "BUDGET budgets",
                        "METADATA metadata",
                        "SHARING sharing.concurrency");
    }

    private static String edited(String original, String mutated) {
        assertThat(EVERYTHING).contains(original);
        return EVERYTHING.replaceFirst(Pattern.quote(original), Matcher.quoteReplacement(mutated));
    }
}
