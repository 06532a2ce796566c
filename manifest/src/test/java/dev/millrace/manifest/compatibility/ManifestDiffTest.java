package dev.millrace.manifest.compatibility;

import static dev.millrace.manifest.compatibility.Verdict.BREAKING;
import static dev.millrace.manifest.compatibility.Verdict.RISKY;
import static dev.millrace.manifest.compatibility.Verdict.SAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import org.junit.jupiter.api.Test;

class ManifestDiffTest {
    private static final String POLICY = "{'timeout':'30s','queueTimeout':'1h','retries':3,"
            + "'backoff':{'initial':'1s','multiplier':2,'max':'1m'},'delivery':'AT_LEAST_ONCE','slots':1}";
    private static final String INTEGER = "{'type':'integer'}";
    private static final String BASE = "{'manifestVersion':1,'workflow':'orders','source':'shop.Orders',"
            + "'visibility':'PUBLIC','weight':'NORMAL','deadline':'1d',"
            + "'input':{'type':'shop.Order','schema':{'type':'object','properties':{'n':" + INTEGER
            + ",'kind':{'enum':['A','B']},'note':{'type':'string'}},'required':['n']}},"
            + "'steps':["
            + step(
                    "charge",
                    "{'name':'in','source':'INPUT','mode':'VALUE'}",
                    "{'type':'object','properties':{'paid':" + INTEGER + ",'state':{'enum':['X','Y']}}}")
            + "," + step("ship", "{'name':'in','source':'STEP','step':'charge','mode':'VALUE'}", "{'type':'string'}")
            + "],'compensations':[{'undoes':'charge','handler':{'name':'refund','parameters':[],'policy':" + POLICY
            + "}}],'result':{'steps':['charge']}}";

    private static String step(String name, String parameter, String schema) {
        return "{'name':'" + name + "','parameters':[" + parameter + "],'output':{'kind':'VALUE','type':'T','schema':"
                + schema + "},'policy':" + POLICY + "}";
    }

    private static Manifest manifest(String json) {
        return ManifestJson.read(json.replace('\'', '"'));
    }

    private static ManifestDiff diff(String before, String after) {
        assertThat(BASE).contains(before);
        return ManifestDiff.between(manifest(BASE), manifest(BASE.replace(before, after)));
    }

    private static void assertChange(String before, String after, String path, Verdict verdict) {
        assertThat(diff(before, after).changes())
                .extracting(Change::path, Change::verdict)
                .containsExactly(tuple(path, verdict));
    }

    @Test
    void identicalManifestsDoNotDiffer() {
        var diff = diff("shop.Order", "shop.Order");
        assertThat(diff.changes()).isEmpty();
        assertThat(diff.verdict()).isEqualTo(SAFE);
    }

    @Test
    void namesForPeopleMakeNoDifference() {
        assertThat(diff("shop.Order", "shop.Renamed").changes()).isEmpty();
        assertThat(diff("'name':'in'", "'name':'other'").changes()).isEmpty();
    }

    @Test
    void theOverallVerdictIsTheWorst() {
        var other = BASE.replace("'1d'", "'2h'").replace("PUBLIC", "PRIVATE");
        var diff = ManifestDiff.between(manifest(BASE), manifest(other));
        assertThat(diff.changes()).extracting(Change::verdict).containsExactly(BREAKING, RISKY);
        assertThat(diff.verdict()).isEqualTo(BREAKING);
    }

    @Test
    void aNewOptionalInputPropertyIsSafe() {
        assertChange("'note':{'type':'string'}", "'note':{'type':'string'},'more':" + INTEGER, "input.more", SAFE);
    }

    @Test
    void aNewRequiredInputPropertyIsBreaking() {
        assertChange("'required':['n']", "'required':['n','more']", "input.more", BREAKING);
    }

    @Test
    void anInputPropertyThatBecomesRequiredIsBreakingAndOptionalSafe() {
        assertChange("'required':['n']", "'required':['n','note']", "input.note", BREAKING);
        assertChange("'required':['n']", "'required':[]", "input.n", SAFE);
    }

    @Test
    void aRemovedInputPropertyIsRisky() {
        assertChange(",'note':{'type':'string'}", "", "input.note", RISKY);
    }

    @Test
    void anInputEnumValueRemovedIsBreakingAndAddedSafe() {
        assertChange("['A','B']", "['A']", "input.kind", BREAKING);
        assertChange("['A','B']", "['A','B','C']", "input.kind", SAFE);
    }

    @Test
    void aResultEnumValueAddedIsRiskyAndRemovedSafe() {
        assertChange("['X','Y']", "['X','Y','Z']", "result.state", RISKY);
        assertChange("['X','Y']", "['X']", "result.state", SAFE);
    }

    @Test
    void aWiderNumberIsSafeInTheInputAndRiskyInTheResult() {
        assertChange("'n':" + INTEGER, "'n':{'type':'number'}", "input.n", SAFE);
        assertChange("'paid':" + INTEGER, "'paid':{'type':'number'}", "result.paid", RISKY);
    }

    @Test
    void anotherTypeIsBreaking() {
        assertChange("'n':" + INTEGER, "'n':{'type':'string'}", "input.n", BREAKING);
        assertChange("'paid':" + INTEGER, "'paid':{'type':'string'}", "result.paid", BREAKING);
    }

    @Test
    void aTighterBoundIsBreakingInTheInputAndALooserOneSafe() {
        assertChange("'n':" + INTEGER, "'n':{'type':'integer','minimum':1}", "input.n", BREAKING);
        assertChange("'paid':" + INTEGER, "'paid':{'type':'integer','maximum':1}", "result.paid", SAFE);
    }

    @Test
    void aResultPropertyRemovedIsBreakingAndAddedSafe() {
        assertChange("'paid':" + INTEGER + ",", "", "result.paid", BREAKING);
        assertChange("'paid':" + INTEGER, "'paid':" + INTEGER + ",'more':" + INTEGER, "result.more", SAFE);
    }

    @Test
    void aResultThatGoesOrChangesItsFormIsBreaking() {
        assertChange("'result':{'steps':['charge']}", "'result':{'steps':[]}", "result", BREAKING);
        assertChange("'result':{'steps':['charge']}", "'result':{'steps':['charge','ship']}", "result", BREAKING);
    }

    @Test
    void aRenamedStepIsRisky() {
        assertChange("'name':'ship'", "'name':'send'", "steps.ship", RISKY);
    }

    @Test
    void aStepAddedOrRemovedIsRisky() {
        var ship =
                "," + step("ship", "{'name':'in','source':'STEP','step':'charge','mode':'VALUE'}", "{'type':'string'}");
        assertChange(ship, "", "steps.ship", RISKY);
        assertChange(ship, ship + ship.replace("'ship'", "'bill'"), "steps.bill", RISKY);
    }

    @Test
    void changedEdgesAreRisky() {
        assertChange(
                "'source':'STEP','step':'charge','mode':'VALUE'",
                "'source':'INPUT','mode':'VALUE'",
                "steps.ship.parents",
                RISKY);
        assertChange(
                "'step':'charge','mode':'VALUE'", "'step':'charge','mode':'OPTIONAL'", "steps.ship.parameters", RISKY);
    }

    @Test
    void anotherOutputOfAStepThatIsNoResultIsRisky() {
        assertChange("'schema':{'type':'string'}}", "'schema':{'type':'boolean'}}", "steps.ship.output", RISKY);
    }

    @Test
    void aRemovedCompensationIsRisky() {
        int from = BASE.indexOf("'compensations'");
        assertChange(BASE.substring(from, BASE.indexOf("'result'")), "", "compensations.charge", RISKY);
    }

    @Test
    void aPublicWorkflowThatBecomesPrivateIsBreaking() {
        assertChange("PUBLIC", "PRIVATE", "visibility", BREAKING);
    }

    @Test
    void aShorterDeadlineIsRiskyAndALongerOneSafe() {
        assertChange("'deadline':'1d'", "'deadline':'2h'", "deadline", RISKY);
        assertChange("'deadline':'1d'", "'deadline':'2d'", "deadline", SAFE);
    }

    @Test
    void aShorterTimeoutAndFewerRetriesAreRiskyAndMoreSafe() {
        assertThat(diff("'30s'", "'10s'").verdict()).isEqualTo(RISKY);
        assertThat(diff("'30s'", "'50s'").verdict()).isEqualTo(SAFE);
        assertThat(diff("'retries':3", "'retries':1").verdict()).isEqualTo(RISKY);
        assertThat(diff("'retries':3", "'retries':5").changes())
                .extracting(Change::path, Change::verdict)
                .contains(tuple("steps.charge.policy.retries", SAFE));
    }

    @Test
    void definitionsThatReferToThemselvesAreComparedOnce() {
        String node = "{'$ref':'#/$defs/Node','$defs':{'Node':{'type':'object','properties':{'value':" + INTEGER
                + ",'next':{'$ref':'#/$defs/Node'},'all':{'type':'array','items':{'$ref':'#/$defs/Node'}}}}}}";
        var older = manifest(BASE.replace("'schema':{'type':'string'}", "'schema':" + node)
                .replace("'result':{'steps':['charge']}", "'result':{'steps':['ship']}"));
        var newer = manifest(
                BASE.replace("'schema':{'type':'string'}", "'schema':" + node.replace(INTEGER, "{'type':'string'}"))
                        .replace("'result':{'steps':['charge']}", "'result':{'steps':['ship']}"));
        var open = manifest(BASE.replace("'schema':{'type':'string'}", "'schema':true")
                .replace("'result':{'steps':['charge']}", "'result':{'steps':['ship']}"));

        assertThat(ManifestDiff.between(older, newer).changes())
                .extracting(Change::path, Change::verdict)
                .containsExactly(tuple("result.value", BREAKING));
        assertThat(ManifestDiff.between(older, older).changes()).isEmpty();
        assertThat(ManifestDiff.between(open, older).changes()).isNotEmpty();
        assertThat(ManifestDiff.between(older, open).verdict()).isEqualTo(BREAKING);
    }
}
