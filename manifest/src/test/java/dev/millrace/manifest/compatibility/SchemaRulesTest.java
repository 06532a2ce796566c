package dev.millrace.manifest.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.manifest.Input;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ResultSpec;
import dev.millrace.manifest.StepSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule about schemas, in both directions: of an input, which callers write, and of a result, which they read. */
class SchemaRulesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                // older | newer | place | as input | as result | and back: as input | as result
                "{'type':'string'} | {'type':'integer'} | - | BREAKING | BREAKING | BREAKING | BREAKING | from string to integer",
                "{'type':'string'} | {'type':['string','null']} | - | SAFE | RISKY | BREAKING | SAFE | from string to string or null",
                "{'type':'integer'} | {'type':'number'} | - | SAFE | RISKY | BREAKING | SAFE | from integer to number",
                "{'type':'string'} | true | - | SAFE | RISKY | BREAKING | SAFE | from string to any",
                "{'enum':['A']} | {'enum':['A','B']} | - | SAFE | RISKY | BREAKING | SAFE | Values newly allowed: \"B\"",
                "{'const':'A'} | {'enum':['A','B']} | - | SAFE | RISKY | BREAKING | SAFE | Values newly allowed: \"B\"",
                "{'type':'string','enum':['A']} | {'type':'string'} | - | SAFE | RISKY | BREAKING | SAFE | Values other than \"A\" are allowed now",
                "{'minimum':2} | {'minimum':1} | - | SAFE | RISKY | BREAKING | SAFE | 'minimum' went from 2 to 1",
                "{'exclusiveMinimum':2} | {} | - | SAFE | RISKY | BREAKING | SAFE | 'exclusiveMinimum' went from 2 to none",
                "{'maximum':2} | {'maximum':3} | - | SAFE | RISKY | BREAKING | SAFE | 'maximum' went from 2 to 3",
                "{'exclusiveMaximum':2} | {'exclusiveMaximum':3} | - | SAFE | RISKY | BREAKING | SAFE | 'exclusiveMaximum' went from 2 to 3",
                "{'minLength':2} | {'minLength':1} | - | SAFE | RISKY | BREAKING | SAFE | 'minLength' went from 2 to 1",
                "{'maxLength':2} | {'maxLength':3} | - | SAFE | RISKY | BREAKING | SAFE | 'maxLength' went from 2 to 3",
                "{'minItems':2} | {'minItems':1} | - | SAFE | RISKY | BREAKING | SAFE | 'minItems' went from 2 to 1",
                "{'maxItems':2} | {'maxItems':3} | - | SAFE | RISKY | BREAKING | SAFE | 'maxItems' went from 2 to 3",
                "{'minProperties':2} | {'minProperties':1} | - | SAFE | RISKY | BREAKING | SAFE | 'minProperties' went from 2 to 1",
                "{'maxProperties':2} | {'maxProperties':3} | - | SAFE | RISKY | BREAKING | SAFE | 'maxProperties' went from 2 to 3",
                "{'uniqueItems':true} | {} | - | SAFE | RISKY | BREAKING | SAFE | may repeat now",
                "{'format':'date'} | {'format':'date-time'} | - | RISKY | RISKY | RISKY | RISKY | from \"date\" to \"date-time\"",
                "{'format':'date'} | {} | - | RISKY | RISKY | RISKY | RISKY | from \"date\" to none",
                "{'pattern':'a'} | {} | - | SAFE | RISKY | BREAKING | SAFE | need not fit the pattern \"a\" any longer",
                "{'pattern':'a'} | {'pattern':'b'} | - | RISKY | RISKY | RISKY | RISKY | The pattern went from \"a\" to \"b\"",
                "{} | {'x-millrace-sensitive':true} | - | SAFE | SAFE | RISKY | RISKY | no longer masked",
                "{} | {'x-millrace-indexed':'c'} | - | SAFE | SAFE | RISKY | RISKY | were found by nothing here and now are by \"c\"",
                "{'properties':{'a':true}} | {'properties':{'a':true,'b':true}} | b | SAFE | SAFE | RISKY | BREAKING | The property 'b' is new",
                "{'properties':{'a':true},'additionalProperties':false} | {'properties':{'a':true,'b':true},'additionalProperties':false} | b | SAFE | SAFE | BREAKING | BREAKING | inputs that have it are refused",
                "{'properties':{'a':true},'required':['a']} | {'properties':{'a':true}} | a | SAFE | RISKY | BREAKING | SAFE | no longer required",
                "{'properties':{'a':{'type':'string'}}} | {'properties':{'a':{'type':['string','null']}}} | a | SAFE | RISKY | BREAKING | SAFE | to string or null",
                "{'additionalProperties':false} | {} | * | SAFE | RISKY | BREAKING | SAFE | Values are allowed here now",
                "{'additionalProperties':{'type':'integer'}} | {'additionalProperties':{'type':'number'}} | * | SAFE | RISKY | BREAKING | SAFE | to number",
                "{'items':{'type':'integer'}} | {'items':{'type':'number'}} | [] | SAFE | RISKY | BREAKING | SAFE | to number",
                "{'items':false} | {} | [] | SAFE | RISKY | BREAKING | SAFE | Values are allowed here now",
                "{'oneOf':[{'type':'string'}]} | {'oneOf':[{'type':'string'},{'type':'null'}]} | - | SAFE | RISKY | BREAKING | SAFE | alternative {\"type\":\"null\"} is new",
                "{'anyOf':[{'type':'string'}]} | {'anyOf':[{'type':'string'},{'type':'null'}]} | - | SAFE | RISKY | BREAKING | SAFE | alternative {\"type\":\"null\"} is new",
                "{'oneOf':[{'type':'string'}]} | {} | - | SAFE | RISKY | BREAKING | SAFE | need not be one of several alternatives",
                "{'anyOf':[{'type':'string'}]} | {} | - | SAFE | RISKY | BREAKING | SAFE | need not be one of several alternatives",
                "{'allOf':[{'minimum':1}]} | {} | - | SAFE | RISKY | BREAKING | SAFE | The condition {\"minimum\":1} is gone",
                "{'oneOf':[{'$ref':'#/$defs/A'}],'$defs':{'A':{'type':'integer'}}} | {'oneOf':[{'$ref':'#/$defs/A'}],'$defs':{'A':{'type':'number'}}} | - | SAFE | RISKY | BREAKING | SAFE | to number",
                "{'allOf':[{'$ref':'#/$defs/A'}],'$defs':{'A':{'type':'integer'}}} | {'allOf':[{'$ref':'#/$defs/A'}],'$defs':{'A':{'type':'number'}}} | - | SAFE | RISKY | BREAKING | SAFE | to number",
                "{'$ref':'#/$defs/A','$defs':{'A':{'maximum':2}}} | {'$ref':'#/$defs/A','$defs':{'A':{'maximum':3}}} | - | SAFE | RISKY | BREAKING | SAFE | 'maximum' went from 2 to 3",
                "{'$ref':'#/$defs/a~1b~0c','$defs':{'a/b~c':{'maximum':2}}} | {'maximum':3} | - | SAFE | RISKY | BREAKING | SAFE | 'maximum' went from 2 to 3",
                "{'oneOf':[{'$ref':'#/$defs/A'}],'discriminator':{'propertyName':'kind','mapping':{'a':'#/$defs/A'}},'$defs':{'A':{}}} | {'oneOf':[{'$ref':'#/$defs/A'}],'discriminator':{'propertyName':'type','mapping':{'a':'#/$defs/A'}},'$defs':{'A':{}}} | - | BREAKING | BREAKING | BREAKING | BREAKING | told apart by \"type\" instead of \"kind\"",
                "{'oneOf':[{'$ref':'#/$defs/A'}],'discriminator':{'propertyName':'kind','mapping':{'a':'#/$defs/A'}},'$defs':{'A':{}}} | {'oneOf':[{'$ref':'#/$defs/A'}],'discriminator':{'propertyName':'kind','mapping':{'b':'#/$defs/A'}},'$defs':{'A':{}}} | - | BREAKING | BREAKING | BREAKING | BREAKING | no longer told apart by the name 'a'",
            })
    void aSchemaIsComparedForThoseWhomItBinds(
            String older,
            String newer,
            String place,
            Verdict input,
            Verdict result,
            Verdict inputBack,
            Verdict resultBack,
            String sentence) {
        assertThat(only(input(older), input(newer), path("input", place), sentence))
                .isEqualTo(input);
        assertThat(only(result(older), result(newer), path("result", place), ""))
                .isEqualTo(result);
        assertThat(only(input(newer), input(older), path("input", place), "")).isEqualTo(inputBack);
        assertThat(only(result(newer), result(older), path("result", place), ""))
                .isEqualTo(resultBack);
    }

    @Test
    void membersOfAResultOfSeveralStepsAreComparedByName() {
        var older = results("a", "b");

        assertThat(ManifestDiff.between(older, results("a", "c")).changes())
                .filteredOn(change -> change.path().startsWith("result"))
                .extracting(change -> change.path() + " " + change.verdict())
                .containsExactly("result.b BREAKING", "result.c SAFE");
        assertThat(ManifestDiff.between(older, results("b", "a")).changes()).isEmpty();
    }

    private static Verdict only(Manifest older, Manifest newer, String path, String sentence) {
        var changes = ManifestDiff.between(older, newer).changes();
        assertThat(changes).as("%s", changes).hasSize(1);
        assertThat(changes.get(0).path()).isEqualTo(path);
        // The sentence of the table is about one way only; the other ways have the sentence of their own.
        assertThat(changes.get(0).sentence()).endsWith(".");
        if (!sentence.isEmpty()) {
            var back = ManifestDiff.between(newer, older).changes().get(0).sentence();
            assertThat(changes.get(0).sentence() + " " + back).contains(sentence);
        }
        return changes.get(0).verdict();
    }

    private static String path(String root, String place) {
        return place == null ? root : place.equals("[]") ? root + place : root + "." + place;
    }

    private static Manifest input(String schema) {
        return Manifest.named("w")
                .input(new Input("T", Json.read(schema.replace('\'', '"'))))
                .steps(List.of(StepSpec.named("s").build()))
                .build();
    }

    private static Manifest result(String schema) {
        var output = new OutputSpec(OutputSpec.Kind.VALUE, "T", Json.read(schema.replace('\'', '"')));
        return Manifest.named("w")
                .steps(List.of(StepSpec.named("s").output(output).build()))
                .result(new ResultSpec(List.of("s")))
                .build();
    }

    private static Manifest results(String... steps) {
        var output = new OutputSpec(OutputSpec.Kind.VALUE, "T", Json.read("true"));
        return Manifest.named("w")
                .steps(List.of("a", "b", "c").stream()
                        .map(name -> StepSpec.named(name).output(output).build())
                        .toList())
                .result(new ResultSpec(List.of(steps)))
                .build();
    }
}
