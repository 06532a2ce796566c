package dev.millrace.cli.manifest;

import dev.millrace.cli.Context;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Style;
import dev.millrace.manifest.compatibility.Change;
import dev.millrace.manifest.compatibility.Verdict;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace manifest diff OLD NEW}. */
@Command(
        name = "diff",
        description = "Compare two versions of workflows: what is safe, risky or breaking for those who use them.",
        footer = {"", "Exit codes: 0 nothing to stop for · 20 risky, with --fail-on risky · 21 breaking"})
final class DiffCommand implements Callable<Integer> {
    private final Context context;

    /** From which verdict on the command fails. */
    enum FailOn {
        risky,
        breaking
    }

    @Parameters(
            index = "0",
            paramLabel = "OLD",
            description = "What is in use: a manifest, or a jar or directory with manifests in META-INF/millrace.")
    private String older;

    @Parameters(index = "1", paramLabel = "NEW", description = "What is to replace it.")
    private String newer;

    @Option(
            names = "--fail-on",
            paramLabel = "VERDICT",
            defaultValue = "breaking",
            description = "Fail from this verdict on: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private FailOn failOn;

    @Mixin
    private OutputOption output;

    DiffCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var comparisons = Comparison.of(
                ManifestFiles.read(context.directory(), older), ManifestFiles.read(context.directory(), newer));
        var verdict = comparisons.stream().map(Comparison::verdict).reduce(Verdict.SAFE, Verdict::worse);
        if (output.isJson()) {
            context.terminal().out().println(Json.write(json(comparisons, verdict)));
        } else {
            comparisons.forEach(this::print);
        }
        return switch (verdict) {
            case SAFE -> ExitCode.OK;
            case RISKY -> failOn == FailOn.risky ? ExitCode.RISKY : ExitCode.OK;
            case BREAKING -> ExitCode.BREAKING;
        };
    }

    private void print(Comparison comparison) {
        var out = context.terminal().out();
        var style = context.terminal().outStyle();
        if (comparison.changes().isEmpty()) {
            out.println(
                    style.bold(comparison.workflow()) + ": " + style.green("SAFE") + ", nothing differs that matters");
            return;
        }
        out.println(style.bold(comparison.workflow()) + ": " + paint(style, comparison.verdict(), "")
                + counts(comparison.changes()));
        comparison.changes().stream()
                .sorted(Comparator.comparing(Change::verdict).reversed())
                .forEach(change -> {
                    out.println("  " + paint(style, change.verdict(), "        ") + "  " + plain(change.path()));
                    out.println("            " + plain(change.sentence()));
                });
    }

    private static String counts(List<Change> changes) {
        var counts = changes.stream().collect(Collectors.groupingBy(Change::verdict, Collectors.counting()));
        return Stream.of(Verdict.BREAKING, Verdict.RISKY, Verdict.SAFE)
                .filter(counts::containsKey)
                .map(verdict -> counts.get(verdict) + " " + verdict.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ", " (", ")"));
    }

    private static String paint(Style style, Verdict verdict, String column) {
        var word = verdict.name()
                + " ".repeat(Math.max(0, column.length() - verdict.name().length()));
        return switch (verdict) {
            case SAFE -> style.green(word);
            case RISKY -> style.yellow(word);
            case BREAKING -> style.red(word);
        };
    }

    /** Names in schemas are free text; they must not drive the terminal. */
    private static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static Map<String, Object> json(List<Comparison> comparisons, Verdict verdict) {
        var json = new LinkedHashMap<String, Object>();
        json.put("verdict", verdict.name());
        json.put("workflows", comparisons.stream().map(DiffCommand::json).toList());
        return json;
    }

    private static Map<String, Object> json(Comparison comparison) {
        var json = new LinkedHashMap<String, Object>();
        json.put("workflow", comparison.workflow());
        json.put("verdict", comparison.verdict().name());
        comparison.older().ifPresent(manifest -> json.put("olderVersion", manifest.hash()));
        comparison.newer().ifPresent(manifest -> json.put("newerVersion", manifest.hash()));
        comparison
                .older()
                .ifPresent(before -> comparison
                        .newer()
                        .ifPresent(after ->
                                json.put("sameShape", before.shapeHash().equals(after.shapeHash()))));
        json.put("changes", comparison.changes());
        return json;
    }
}
