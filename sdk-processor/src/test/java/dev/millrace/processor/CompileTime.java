package dev.millrace.processor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that measures what the processor adds to a cold compilation of 20 workflows: {@code java CompileTime.java
 * [repetitions]}, in the root of a source tree of which {@code sdk-processor} has been packaged. It needs nothing else, and
 * is no test, because times are not for asserting.
 *
 * <p>Each compilation is a javac of its own. Three are compared, turn by turn: all sources, those that are generated too,
 * without a processor; those written by hand with a processor that only copies what would be generated, which is javac's own
 * price of the round that follows; and with the real one. Figures are medians, of the wall clock and of the CPU of all
 * threads (on Linux).
 */
final class CompileTime {
    private static final int WORKFLOWS = 20;
    private static final String VERSION = "0.1.0-SNAPSHOT";

    private static final String COPIER = """
            import java.nio.file.*;
            import java.util.*;
            import javax.annotation.processing.*;
            import javax.lang.model.SourceVersion;
            import javax.lang.model.element.TypeElement;
            import javax.tools.StandardLocation;

            @SupportedAnnotationTypes("dev.millrace.*")
            @SupportedOptions("from")
            public class Copier extends AbstractProcessor {
                @Override public SourceVersion getSupportedSourceVersion() { return SourceVersion.latest(); }

                @Override public boolean process(Set<? extends TypeElement> found, RoundEnvironment round) {
                    if (found.isEmpty()) return false;
                    var from = Path.of(processingEnv.getOptions().get("from"));
                    try (var files = Files.walk(from)) {
                        for (var file : (Iterable<Path>) files::iterator) {
                            var name = from.relativize(file).toString();
                            var filer = processingEnv.getFiler();
                            if (name.endsWith(".java")) {
                                var type = name.replace(".java", "").replace('/', '.');
                                write(file, filer.createSourceFile(type));
                            } else if (name.endsWith(".json")) {
                                write(file, filer.createResource(StandardLocation.CLASS_OUTPUT, "", name));
                            }
                        }
                    } catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }
                    return false;
                }

                private static void write(Path file, javax.tools.FileObject to) throws java.io.IOException {
                    try (var writer = to.openWriter()) { writer.write(Files.readString(file)); }
                }
            }
            """;

    private static final Map<String, String> RECORDS = Map.of(
            "Order", "String id, long cents, java.util.List<Line> lines",
            "Line", "String sku, int count",
            "Payment", "String id, long cents",
            "Check", "boolean fine",
            "Reservation", "String id",
            "Receipt", "String order, String payment");

    private static final String WORKFLOW = """
            package shop%1$d;
            import dev.millrace.*;
            import java.util.Optional;
            @Workflow
            public class OrderFulfilment {
                @Step(timeout = "30s", retries = 3)
                Payment charge(Order order, StepContext ctx) { return new Payment(ctx.idempotencyKey(), order.cents()); }
                @Step %2$s
                Check check(Order order) { return new Check(true); }
                @Step @RateLimit(value = "warehouse-%1$d", limit = 50, per = "1s")
                Reservation reserve(Order order) { return new Reservation(order.id()); }
                @Step
                Receipt ship(Order order, Payment payment, Reservation reservation, %3$s check) {
                    return new Receipt(order.id(), payment.id());
                }
                @Compensate
                void refund(Payment payment) {}
                @OnFailure
                void alert(Order order, RunFailure failure) {}
            }
            """;

    private final Path root;
    private final Path work;
    private final int repetitions;
    private final String classPath;
    private final String processor;

    private CompileTime(Path root, Path work, int repetitions) {
        this.root = root;
        this.work = work;
        this.repetitions = repetitions;
        this.classPath = jar("sdk-annotations") + File.pathSeparator + jar("sdk-runtime");
        this.processor = jar("sdk-processor");
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int repetitions = arguments.length == 0 ? 5 : Integer.parseInt(arguments[0]);
        var work = Files.createTempDirectory("compile-time");
        try {
            new CompileTime(Path.of("").toAbsolutePath(), work, repetitions).measure();
        } finally {
            delete(work);
        }
    }

    private String jar(String module) {
        var jar = root.resolve(module).resolve("target/millrace-" + module + "-" + VERSION + ".jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException("There is no " + jar + ". Package sdk-processor and what it needs first.");
        }
        return jar.toString();
    }

    private void measure() throws IOException, InterruptedException {
        var source = Files.createDirectories(work.resolve("copier")).resolve("Copier.java");
        Files.writeString(source, COPIER);
        javac(List.of("-proc:none", "-d", source.getParent().toString(), source.toString()));
        for (boolean expressions : new boolean[] {false, true}) {
            compare(expressions);
        }
    }

    private void compare(boolean expressions) throws IOException, InterruptedException {
        var sources = sources(work.resolve("source" + expressions), expressions);
        var copy = Files.createDirectories(work.resolve("copy" + expressions));
        var real = List.of("-processorpath", processor);
        javac(command(real, copy, copy, sources));
        var generated = new ArrayList<>(sources);
        generated.addAll(javaFiles(copy));
        var ways = new LinkedHashMap<String, List<String>>();
        ways.put("no processor", command(List.of("-proc:none"), fresh("c0"), fresh("s0"), generated));
        var copier =
                List.of("-processorpath", work.resolve("copier").toString(), "-processor", "Copier", "-Afrom=" + copy);
        ways.put("copied by a processor", command(copier, fresh("c1"), fresh("s1"), sources));
        ways.put("this processor", command(real, fresh("c2"), fresh("s2"), sources));
        var found = new LinkedHashMap<String, List<long[]>>();
        for (int i = 0; i <= repetitions; i++) {
            for (var way : ways.entrySet()) {
                for (var directory : List.of("c0", "s0", "c1", "s1", "c2", "s2")) {
                    fresh(directory);
                }
                var times = javac(way.getValue());
                if (i > 0) { // the first fills the caches of the disk
                    found.computeIfAbsent(way.getKey(), key -> new ArrayList<>())
                            .add(times);
                }
            }
        }
        print(expressions, found);
    }

    private static void print(boolean expressions, Map<String, List<long[]>> found) {
        System.out.println(
                WORKFLOWS + " workflows, " + (expressions ? "each with an expression" : "without expressions"));
        long[] least = {0, 0};
        for (var way : found.entrySet()) {
            var wall = median(way.getValue(), 0);
            var cpu = median(way.getValue(), 1);
            if (least[0] == 0) {
                least = new long[] {wall, cpu};
            }
            System.out.printf(
                    Locale.ROOT,
                    "  %-22s %5d ms, CPU %5d ms, added %5d ms, CPU %5d ms%n",
                    way.getKey(),
                    wall,
                    cpu,
                    wall - least[0],
                    cpu - least[1]);
        }
    }

    private static long median(List<long[]> times, int which) {
        long[] sorted = times.stream().mapToLong(time -> time[which]).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private List<String> command(List<String> processing, Path classes, Path generated, List<String> sources) {
        var command = new ArrayList<String>();
        command.addAll(List.of("-nowarn", "--release", "17", "-cp", classPath));
        command.addAll(List.of("-d", classes.toString(), "-s", generated.toString()));
        command.addAll(processing);
        command.addAll(sources);
        return command;
    }

    /** Wall clock and CPU of one compilation, in milliseconds. */
    private long[] javac(List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "javac").toString()));
        command.addAll(arguments);
        long cpu = childCpu();
        long begin = System.nanoTime();
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("javac.txt").toFile())
                .start();
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException("javac failed: " + Files.readString(work.resolve("javac.txt")));
        }
        return new long[] {TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin), childCpu() - cpu};
    }

    /** The CPU of all children that have ended, as Linux keeps it in hundredths of a second; 0 elsewhere. */
    private static long childCpu() throws IOException {
        var stat = Path.of("/proc/self/stat");
        if (!Files.exists(stat)) {
            return 0;
        }
        var fields = Files.readString(stat).replaceFirst(".*\\) ", "").split(" ");
        return 10 * (Long.parseLong(fields[13]) + Long.parseLong(fields[14]));
    }

    private static List<String> sources(Path directory, boolean expressions) throws IOException {
        var files = new ArrayList<String>();
        for (int i = 1; i <= WORKFLOWS; i++) {
            var shop = Files.createDirectories(directory.resolve("shop" + i));
            var when = "@When(\"order.cents > " + 100 * i + " && order.lines.exists(l, l.count > 3)\")";
            var workflow = String.format(
                    Locale.ROOT, WORKFLOW, i, expressions ? when : "", expressions ? "Optional<Check>" : "Check");
            files.add(Files.writeString(shop.resolve("OrderFulfilment.java"), workflow)
                    .toString());
            for (var type : RECORDS.entrySet()) {
                var text = "package shop" + i + "; public record " + type.getKey() + "(" + type.getValue() + ") {}";
                files.add(Files.writeString(shop.resolve(type.getKey() + ".java"), text)
                        .toString());
            }
        }
        return files;
    }

    private static List<String> javaFiles(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.map(Path::toString)
                    .filter(name -> name.endsWith(".java"))
                    .toList();
        }
    }

    private Path fresh(String name) throws IOException {
        var directory = work.resolve(name);
        delete(directory);
        return Files.createDirectories(directory);
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            var all = files.toArray(Path[]::new);
            for (int i = all.length - 1; i >= 0; i--) {
                Files.delete(all[i]);
            }
        }
    }
}
