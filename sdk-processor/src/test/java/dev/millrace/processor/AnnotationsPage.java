package dev.millrace.processor;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import dev.millrace.processor.model.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/**
 * The page about the annotations, made from their source. What Javadoc says there stands here too; the examples are written
 * by hand and kept.
 */
final class AnnotationsPage {
    private static final Path SOURCE = Path.of("../sdk-annotations/src/main/java/dev/millrace");
    private static final Pattern INLINE = Pattern.compile("\\{@(\\w+)\\s+([^{}]*)}");
    private static final String INTRODUCTION = """
            # Annotations

            All words of the language, each with an example that compiles. This page is made from the source of
            `millrace-sdk-annotations`. What is not effective in this version is refused by the compiler, unless it is told
            `-Amillrace.preview=true`. Durations are texts such as `250ms`, `30s`, `5m`, `2h`, `7d`, `1h30m` or `PT30S`, at most 366
            days. Names are 1 to 128 letters, digits, `.`, `_`, `:` or `-`, beginning with a letter or a digit.

            """;

    private AnnotationsPage() {}

    /**
     * An annotation.
     *
     * @param name its simple name
     * @param members a row of the table for each member
     * @param container whether the compiler writes it around repeated ones
     */
    record Annotation(String name, String text, List<String> members, boolean container) {}

    /** The annotations in the source, by name. */
    static List<Annotation> annotations() throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = Files.list(SOURCE);
                var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            var sources = files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
            var task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(sources));
            var trees = Trees.instance(task);
            var annotations = new ArrayList<Annotation>();
            for (var unit : task.parse()) {
                for (var type : unit.getTypeDecls()) {
                    if (type.getKind() == Tree.Kind.ANNOTATION_TYPE) {
                        annotations.add(annotation(unit, (ClassTree) type, trees));
                    }
                }
            }
            return annotations;
        }
    }

    /** The whole page, with these examples: a block of Java for each annotation. */
    static String page(List<Annotation> annotations, Map<String, String> examples) {
        var page = new StringBuilder(INTRODUCTION);
        for (var annotation : annotations) {
            if (annotation.container()) {
                continue;
            }
            page.append("## @").append(annotation.name()).append("\n\n");
            page.append(annotation.text()).append("\n\n");
            if (Vocabulary.LATER.contains("dev.millrace." + annotation.name())) {
                page.append(
                        "*Not effective in this version: refused, see [NotYetSupported](errors/NotYetSupported.md).*\n\n");
            }
            if (!annotation.members().isEmpty()) {
                page.append("| member | type | |\n|---|---|---|\n")
                        .append(String.join("\n", annotation.members()))
                        .append("\n\n");
            }
            page.append("```java\n")
                    .append(examples.getOrDefault(annotation.name(), "(an example)"))
                    .append("\n```\n\n");
        }
        return page.toString().stripTrailing() + "\n";
    }

    /** The examples of a page by the annotation under whose heading they stand. */
    static Map<String, String> examples(String page) {
        var examples = new LinkedHashMap<String, String>();
        for (var part : page.split("(?m)^## @")) {
            var block = Pattern.compile("(?s)```java\\n(.*?)\\n```").matcher(part);
            if (block.find()) {
                examples.put(part.lines().findFirst().orElse(""), block.group(1));
            }
        }
        return examples;
    }

    private static Annotation annotation(CompilationUnitTree unit, ClassTree type, Trees trees) {
        var members = new ArrayList<String>();
        for (var member : type.getMembers()) {
            if (member instanceof MethodTree method) {
                var needed = method.getDefaultValue() == null ? "Required. " : "";
                members.add("| `" + method.getName() + "` | `" + method.getReturnType() + "` | " + needed
                        + text(trees.getDocComment(TreePath.getPath(unit, method)))
                                .replace("\n\n", " ") + " |");
            }
        }
        var text = text(trees.getDocComment(TreePath.getPath(unit, type)));
        return new Annotation(
                type.getSimpleName().toString(), text, members, text.endsWith("Written by the compiler, not by you."));
    }

    /** A comment as Markdown, without its examples. */
    private static String text(String comment) {
        var paragraphs = new ArrayList<String>();
        for (var paragraph : comment.replaceAll("(?s)<pre>.*?</pre>", "").split("<p>")) {
            var plain = INLINE.matcher(paragraph.replaceAll("\\s+", " ").strip())
                    .replaceAll(tag -> Matcher.quoteReplacement(inline(tag.group(1), tag.group(2))));
            paragraphs.add(plain.replace("|", "\\|"));
        }
        return String.join("\n\n", paragraphs);
    }

    private static String inline(String tag, String content) {
        var code = tag.equals("link") ? content.replaceFirst("^#", "").replace('#', '.') : content;
        return "`" + code + "`";
    }
}
