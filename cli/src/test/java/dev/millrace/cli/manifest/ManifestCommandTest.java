package dev.millrace.cli.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.cli.CommandLineRun;
import dev.millrace.cli.ExitCode;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.ResultSpec;
import dev.millrace.manifest.StepSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestCommandTest {
    private static final Manifest ORDERS = workflow("orders", "{\"type\":\"object\",\"required\":[\"id\"]}");
    private static final Manifest STRICTER =
            workflow("orders", "{\"type\":\"object\",\"required\":[\"id\",\"cents\"]}");
    private static final Manifest SHORTER =
            ORDERS.toBuilder().deadline(Duration.ofHours(2)).build();

    @TempDir
    private Path directory;

    @Test
    void aBreakingChangeIsToldAndFailsTheCommand() {
        var run = run("diff", file("old.json", ORDERS), file("new.json", STRICTER));

        assertThat(run.exitCode()).isEqualTo(ExitCode.BREAKING);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("""
                orders: BREAKING (1 breaking)
                  BREAKING  input.cents
                            The property 'cents' is new and required; inputs without it are refused.
                """);
    }

    @Test
    void theWorstChangesComeFirst() {
        var newer = STRICTER.toBuilder()
                .description("New.")
                .deadline(Duration.ofHours(2))
                .build();

        assertThat(run("diff", file("old.json", ORDERS), file("new.json", newer))
                        .out()
                        .lines()
                        .filter(line -> !line.startsWith("            ")))
                .containsExactly(
                        "orders: BREAKING (1 breaking, 1 risky, 1 safe)",
                        "  BREAKING  input.cents",
                        "  RISKY     deadline",
                        "  SAFE      description");
    }

    @Test
    void aRiskyChangeFailsOnlyWhoAsksForIt() {
        var older = file("old.json", ORDERS);
        var newer = file("new.json", SHORTER);

        assertThat(run("diff", older, newer).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run("diff", older, newer, "--fail-on", "risky").exitCode()).isEqualTo(ExitCode.RISKY);
        assertThat(run("diff", newer, older, "--fail-on", "risky").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run("diff", older, file("worse.json", STRICTER), "--fail-on", "risky")
                        .exitCode())
                .isEqualTo(ExitCode.BREAKING);
        assertThat(run("diff", older, newer, "--fail-on", "nothing").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void equalManifestsAreSafe() {
        var run = run("diff", file("old.json", ORDERS), file("new.json", ORDERS));

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEqualTo("orders: SAFE, nothing differs that matters\n");
    }

    @Test
    void aDirectoryAndAJarAreComparedWorkflowByWorkflow() throws IOException {
        var older = classes("old", ORDERS, workflow("bills", "true"), workflow("mails", "true"));
        var newer = jar("new.jar", SHORTER, workflow("mails", "true"), workflow("parcels", "true"));

        var run = run("diff", older, newer);

        assertThat(run.exitCode()).isEqualTo(ExitCode.BREAKING);
        assertThat(run.out()).isEqualTo("""
                bills: BREAKING (1 breaking)
                  BREAKING  workflow
                            The workflow 'bills' is gone; nobody registers it any longer.
                mails: SAFE, nothing differs that matters
                orders: RISKY (1 risky)
                  RISKY     deadline
                            It went from 30d to 2h; runs that take longer now time out.
                parcels: SAFE (1 safe)
                  SAFE      workflow
                            The workflow 'parcels' is new.
                """);
    }

    @Test
    void aSingleWorkflowThatWasRenamedIsStillCompared() {
        var run = run("diff", file("old.json", ORDERS), file("new.json", workflow("bookings", "true")));

        assertThat(run.exitCode()).isEqualTo(ExitCode.BREAKING);
        assertThat(run.out()).contains("'orders' is now called 'bookings'").contains("from object to any");
    }

    @Test
    void theJsonFormIsForPrograms() throws IOException {
        var run = run("diff", file("old.json", ORDERS), file("new.json", SHORTER), "-o", "json");

        var json = JsonMapper.builder().build().readTree(run.out());
        assertThat(json.path("verdict").asText()).isEqualTo("RISKY");
        var workflow = json.path("workflows").path(0);
        assertThat(workflow.path("workflow").asText()).isEqualTo("orders");
        assertThat(workflow.path("olderVersion").asText()).isEqualTo(ORDERS.hash());
        assertThat(workflow.path("newerVersion").asText()).isEqualTo(SHORTER.hash());
        assertThat(workflow.path("sameShape").asBoolean()).isTrue();
        var change = workflow.path("changes").path(0);
        assertThat(change.path("path").asText()).isEqualTo("deadline");
        assertThat(change.path("verdict").asText()).isEqualTo("RISKY");
        assertThat(change.path("sentence").asText()).startsWith("It went from 30d to 2h");
    }

    @Test
    void verdictsHaveColoursWhereTheyAreWantedAndNamesCannotDriveTheTerminal() {
        var hostile = workflow("orders", "{\"type\":\"object\",\"required\":[\"\\u001b[2J\"]}");
        var older = file("old.json", ORDERS);
        var newer = file("new.json", hostile);

        assertThat(run("diff", older, newer).out()).doesNotContain("\u001b").contains("input.?[2J");
        assertThat(run("diff", older, newer, "--color", "always").out()).contains("\u001b[31mBREAKING\u001b[0m");
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        var good = file("good.json", ORDERS);
        Files.writeString(directory.resolve("text.json"), "{\"manifestVersion\": 1,");
        Files.writeString(
                directory.resolve("typo.json"),
                ManifestJson.write(ORDERS).replace("\"deadline\": \"30d\"", "\"deadline\": \"soon\""));
        Files.writeString(directory.resolve("no.jar"), "no jar");
        Files.createDirectory(directory.resolve("empty"));

        refused(run("diff", good, "missing.json"), ExitCode.NOT_FOUND, "There is no file \"missing.json\"");
        refused(run("diff", "empty", good), ExitCode.NOT_FOUND, "There is no manifest in \"empty\"");
        refused(run("diff", good, jar("none.jar")), ExitCode.NOT_FOUND, "There is no manifest in \"none.jar\"");
        refused(run("diff", good, "text.json"), ExitCode.ERROR, "text.json is no manifest: The JSON");
        refused(
                run("diff", good, "typo.json"),
                ExitCode.ERROR,
                "typo.json is no manifest: 'deadline' is wrong: \"soon\"");
        refused(run("diff", good, "no.jar"), ExitCode.ERROR, "\"no.jar\"");
        refused(run("diff", good), ExitCode.USAGE, "NEW");
        refused(run(), ExitCode.USAGE, "A command is missing after \"manifest\".");
    }

    @Test
    void twoManifestsOfOneWorkflowAreRefused() throws IOException {
        var twice = classes("twice", ORDERS);
        Files.writeString(directory.resolve("twice/META-INF/millrace/copy.json"), ManifestJson.write(ORDERS));

        refused(run("show", twice), ExitCode.ERROR, "has two manifests of workflow 'orders'");
    }

    @Test
    void stepsAreShownAfterWhatTheyWaitFor() {
        var value = new OutputSpec(OutputSpec.Kind.VALUE, "Payment", Json.read("true"));
        var manifest = ORDERS.toBuilder()
                .steps(List.of(
                        StepSpec.named("ship")
                                .parameters(List.of(ParameterSpec.step("payment", "charge")))
                                .after(List.of("audit"))
                                .output(new OutputSpec(OutputSpec.Kind.OPTIONAL, "Receipt", Json.read("true")))
                                .build(),
                        StepSpec.named("audit").build(),
                        StepSpec.named("charge").output(value).build()))
                .result(new ResultSpec(List.of("ship")))
                .build();

        var run = run("show", file("orders.json", manifest));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEqualTo("""
                orders  version %s  shape %s
                from com.acme.Orders, PUBLIC, ends within 30d, takes Order

                STEP    WAITS FOR      RETURNS                     POLICY
                audit                  void                        5m
                charge                 Payment                     5m
                ship    charge, audit  Optional<Receipt> (result)  5m
                """.formatted(manifest.hash(), manifest.shapeHash()));
    }

    @Test
    void aManifestThatCannotRunIsShownWithWhatIsWrong() {
        var manifest = ORDERS.toBuilder()
                .steps(List.of(StepSpec.named("a")
                        .after(List.of("b"))
                        .when("input.n > 1")
                        .build()))
                .build();

        var run = run("show", file("orders.json", manifest));

        assertThat(run.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(run.out()).contains("a     b, when input.n > 1");
        assertThat(run.err()).contains("UNKNOWN_STEP orders, steps[0].after[0]: Step 'a' runs after 'b'");
    }

    private static void refused(CommandLineRun run, int exitCode, String sentence) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("millrace: ").contains(sentence);
    }

    private static Manifest workflow(String name, String schema) {
        return Manifest.named(name)
                .source("com.acme.Orders")
                .input(new Input("Order", Json.read(schema)))
                .steps(List.of(StepSpec.named("a").build()))
                .build();
    }

    private String file(String name, Manifest manifest) {
        try {
            Files.writeString(directory.resolve(name), ManifestJson.write(manifest));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return name;
    }

    private String classes(String name, Manifest... manifests) throws IOException {
        var folder = Files.createDirectories(directory.resolve(name).resolve("META-INF/millrace"));
        for (var manifest : manifests) {
            Files.writeString(folder.resolve(manifest.workflow() + ".json"), ManifestJson.write(manifest));
        }
        return name;
    }

    private String jar(String name, Manifest... manifests) throws IOException {
        try (var jar = new JarOutputStream(Files.newOutputStream(directory.resolve(name)))) {
            for (var manifest : manifests) {
                jar.putNextEntry(new JarEntry("META-INF/millrace/com.acme." + manifest.workflow() + ".json"));
                jar.write(ManifestJson.write(manifest).getBytes(StandardCharsets.UTF_8));
            }
            jar.putNextEntry(new JarEntry("com/acme/Orders.class"));
        }
        return name;
    }

    private CommandLineRun run(String... arguments) {
        var line = new String[arguments.length + 1];
        line[0] = "manifest";
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        return CommandLineRun.of(directory, Map.of(), line);
    }
}
