package dev.millrace.processor;

import com.sun.source.tree.MethodTree;
import com.sun.source.util.Trees;
import java.util.function.ToIntFunction;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;

/**
 * The lines on which methods stand. The standard API for processors knows none, so they are asked of javac where the
 * processor runs in javac itself; elsewhere (Eclipse, incremental Gradle) lines are unknown. They are for people only and
 * in no hash.
 */
final class SourceLines {
    private static final int UNKNOWN = 0;

    private SourceLines() {}

    /** The line of a method, from 1; 0 when unknown. */
    static ToIntFunction<Element> of(ProcessingEnvironment environment) {
        try {
            var trees = Trees.instance(environment);
            return element -> line(trees, element);
        } catch (IllegalArgumentException | LinkageError e) {
            return element -> UNKNOWN;
        }
    }

    private static int line(Trees trees, Element element) {
        var type = trees.getPath(element.getEnclosingElement());
        if (type == null || !(trees.getTree(element) instanceof MethodTree method)) {
            return UNKNOWN;
        }
        // The tree begins with its annotations; people look for the line with the method's type and name.
        var unit = type.getCompilationUnit();
        var position = trees.getSourcePositions().getStartPosition(unit, method.getReturnType());
        return position < 0 ? UNKNOWN : (int) unit.getLineMap().getLineNumber(position);
    }
}
