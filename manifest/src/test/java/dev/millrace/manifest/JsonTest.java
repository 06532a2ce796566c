package dev.millrace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                     | INVALID_JSON          | 0  | $",
                "{\"a\":1} x            | INVALID_JSON          | 8  | $",
                "{\"a\":1,}             | INVALID_JSON          | 7  | $.a",
                "[1,]                   | INVALID_JSON          | 3  | $[1]",
                "[1 2]                  | INVALID_JSON          | 3  | $[0]",
                "{a:1}                  | INVALID_JSON          | 1  | $",
                "{\"a\" 1}              | INVALID_JSON          | 5  | $.a",
                "{\"a\":tru}            | INVALID_JSON          | 5  | $.a",
                "{\"a\":NaN}            | INVALID_JSON          | 5  | $.a",
                "-Infinity              | INVALID_JSON          | 1  | $",
                "[01]                   | INVALID_JSON          | 1  | $[0]",
                "[1.]                   | INVALID_JSON          | 3  | $[0]",
                "[.5]                   | INVALID_JSON          | 1  | $[0]",
                "[1e]                   | INVALID_JSON          | 3  | $[0]",
                "[+1]                   | INVALID_JSON          | 1  | $[0]",
                "[\"a                   | INVALID_JSON          | 3  | $[0]",
                "[\"\\x\"]              | INVALID_JSON          | 2  | $[0]",
                "[\"\\u12G4\"]          | INVALID_JSON          | 2  | $[0]",
                "{\"a\":{\"b\":1,\"b\":2}} | DUPLICATE_KEY      | 13 | $.a.b",
                "{\"a\":1,\"\\u0061\":2} | DUPLICATE_KEY        | 8  | $.a",
                "{\"a b\":[1e309]}      | NUMBER_OUT_OF_RANGE   | 8  | $[\"a b\"][0]",
                "{\"n\":1e131071}       | NUMBER_OUT_OF_RANGE   | 5  | $.n",
                "1e-999999999999999999  | NUMBER_OUT_OF_RANGE   | 0  | $",
                "[11111111111111111111.111111111111111111111] | NUMBER_OUT_OF_RANGE | 1 | $[0]",
                "{\"n\":\"x\\u0000\"}   | UNSUPPORTED_CHARACTER | 7  | $.n",
                "[\"\\ud800\"]          | UNSUPPORTED_CHARACTER | 2  | $[0]",
                "[\"\\ud800\\u0041\"]   | UNSUPPORTED_CHARACTER | 2  | $[0]",
                "[\"\\udc00\\ud800\"]   | UNSUPPORTED_CHARACTER | 2  | $[0]",
            })
    void whatIsNotAcceptableJsonIsRefusedWithItsPlace(String text, String code, int offset, String path) {
        var refusal = refusal(text.getBytes(StandardCharsets.UTF_8));

        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.offset()).as(refusal.getMessage()).isEqualTo(offset);
        assertThat(refusal.path()).isEqualTo(path);
        assertThat(refusal).hasMessageEndingWith(".");
    }

    @Test
    void aByteOrderMarkIsRefused() {
        assertThat(refusal(bytes(0xEF, 0xBB, 0xBF, '1'))).hasMessageContaining("byte order mark");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        int[][] invalid = {
            {0x80}, // a continuation on its own
            {0xC3}, // cut short
            {0xC0, 0xAF}, // overlong '/'
            {0xE0, 0x80, 0xAF}, // overlong '/'
            {0xED, 0xA0, 0x80}, // U+D800
            {0xF0, 0x80, 0x80, 0xAF}, // overlong '/'
            {0xF4, 0x90, 0x80, 0x80}, // U+110000
            {0xFF}
        };
        for (int[] sequence : invalid) {
            var text = IntStream.concat(
                            IntStream.concat(IntStream.of('"'), Arrays.stream(sequence)), IntStream.of('"', ' ', ' '))
                    .toArray();
            var refusal = refusal(bytes(text));
            assertThat(refusal.code()).isEqualTo("INVALID_JSON");
            assertThat(refusal.offset()).isEqualTo(1);
        }
    }

    @Test
    void aRawControlCharacterIsRefusedWhereverItStands() {
        for (int prefix = 0; prefix < 20; prefix++) {
            var refusal =
                    refusal(("\"" + "x".repeat(prefix) + "\n yyyyyyyyyyyyyyyy\"").getBytes(StandardCharsets.UTF_8));
            assertThat(refusal.offset()).isEqualTo(1 + prefix);
            assertThat(refusal).hasMessageContaining("U+000A");
        }
    }

    @Test
    void nestingHasALimit() {
        assertThatCode(() -> Json.check(nested(64))).doesNotThrowAnyException();
        assertThat(refusal(nested(65)).code()).isEqualTo("TOO_DEEP");
        assertThat(refusal(nested(100_000)).code()).isEqualTo("TOO_DEEP");
    }

    @Test
    void aTwinIsFoundAmongManyMembers() {
        for (int size : new int[] {1, 2, 11, 12, 13, 14, 24, 25, 1000}) {
            var members =
                    IntStream.range(0, size).mapToObj(i -> "\"k" + i + "\":1").collect(Collectors.joining(","));
            assertThatCode(() -> Json.check(utf8("{" + members + "}"))).doesNotThrowAnyException();
            for (int twin : new int[] {0, size / 2, size - 1}) {
                var refusal = refusal(utf8("{" + members + ",\"k" + twin + "\":1}"));
                assertThat(refusal.code()).isEqualTo("DUPLICATE_KEY");
                assertThat(refusal.path()).isEqualTo("$.k" + twin);
            }
        }
    }

    @Test
    void equalNamesInDifferentObjectsAreNoTwins() {
        assertThatCode(() -> Json.check(utf8("{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"b\":{\"a\":1}}")))
                .doesNotThrowAnyException();
    }

    @Test
    void namesHaveALimit() {
        assertThatCode(() -> Json.check(utf8("{\"" + "k".repeat(256) + "\":1}")))
                .doesNotThrowAnyException();
        assertThat(refusal(utf8("{\"" + "k".repeat(257) + "\":1}")).code()).isEqualTo("KEY_TOO_LONG");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1e308",
                "-1E-308",
                "1234567890123456789012345678901234567890",
                "0.1",
                "true",
                "false",
                "null",
                "\"\"",
                "[]",
                "{}",
                " [ 1 , { } ] ",
                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"",
                "\"é€😀\""
            })
    void whatIsAcceptableIsReadAndWrittenAgain(String text) {
        var value = Json.read(text);

        assertThat(Json.read(Json.write(value))).isEqualTo(value);
        assertThat(Json.read(Json.pretty(value))).isEqualTo(value);
    }

    @Test
    void numbersKeepTheirDigits() {
        assertThat(Json.write(Json.read("[9007199254740993,0.10,1.0000000000000000000000000001]")))
                .isEqualTo("[9007199254740993,0.10,1.0000000000000000000000000001]");
    }

    @Test
    void equalValuesShareOneCanonicalText() {
        assertThat(Json.canonical(Json.read("{ \"b\" : [1.50, 100, 1e2, 0.0, 1E+30, 1e-9], \"a\" : \"\\u0041\\n\" }")))
                .isEqualTo("{\"a\":\"A\\n\",\"b\":[1.5,100,100,0,1E+30,1E-9]}");
    }

    @Test
    void theElementsOfAnArrayAreFound() {
        byte[] text = utf8(" [ 1 , \"a,]\" , [2,3] ,{\"x\":[]}, null ] ");
        int[] offsets = Json.elements(text);

        assertThat(IntStream.range(0, offsets.length / 2)
                        .mapToObj(i -> new String(
                                text, offsets[2 * i], offsets[2 * i + 1] - offsets[2 * i], StandardCharsets.UTF_8)))
                .containsExactly("1", "\"a,]\"", "[2,3]", "{\"x\":[]}", "null");
        assertThat(Json.elements(utf8("[ ]"))).isEmpty();
    }

    @Test
    void onlyAnArrayHasElements() {
        var refusal = catchThrowableOfType(InvalidJsonException.class, () -> Json.elements(utf8("{\"a\":1}")));

        assertThat(refusal.code()).isEqualTo("NOT_AN_ARRAY");
        assertThat(refusal).hasMessage("An array is needed here, but the JSON is '{'.");
    }

    @Test
    void aStringThatIsNoTextIsRefused() {
        var refusal = catchThrowableOfType(InvalidJsonException.class, () -> Json.read("\"\ud800\""));

        assertThat(refusal.code()).isEqualTo("UNSUPPORTED_CHARACTER");
    }

    /** Whatever bytes come: an answer or a refusal, and nothing that the check lets pass trips the reader. */
    @Test
    void mutilatedTextsAreReadOrRefused() {
        var random = new Random(42);
        byte[] seed = utf8("{\"id\":\"A-1\",\"lines\":[{\"sku\":\"x\\u00e9\",\"n\":12.5e3},{\"é\":null}],\"ok\":true}");
        for (int i = 0; i < 200_000; i++) {
            byte[] text = seed.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                text[random.nextInt(text.length)] =
                        "{}[]\",:\\u0eE+-.1 \u00c3".getBytes(StandardCharsets.ISO_8859_1)[random.nextInt(18)];
            }
            try {
                var value = Json.read(text);
                assertThat(Json.read(Json.write(value))).isEqualTo(value);
            } catch (InvalidJsonException refused) {
                assertThat(refused.code()).isNotEmpty();
            }
        }
    }

    private static byte[] nested(int depth) {
        return utf8("[".repeat(depth) + "]".repeat(depth));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static InvalidJsonException refusal(byte[] text) {
        var refusal = catchThrowableOfType(InvalidJsonException.class, () -> Json.check(text));
        assertThat(refusal)
                .as(new String(text, 0, Math.min(80, text.length), StandardCharsets.UTF_8))
                .isNotNull();
        return refusal;
    }
}
