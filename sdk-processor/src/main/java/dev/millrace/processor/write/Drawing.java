package dev.millrace.processor.write;

import dev.millrace.manifest.Names;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Returned;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.rule.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Draws the graph of a workflow in characters: a row for each step, in an order in which they may run, and a line down from
 * each step that others wait for.
 *
 * <pre>{@code
 * charge  --*
 * reserve --|--*
 * ship    <-+--+
 * }</pre>
 *
 * <p>A line begins at {@code *} and ends at the last step that takes from it; its column is free again after that. What a
 * step takes is told by the sign where its row meets the line.
 */
final class Drawing {
    private static final char BEGINS = '*';
    private static final char PASSES = '|';

    /** What a step wants of another one, and the sign for it; of two, the one that stands first here is drawn. */
    private enum Edge {
        EACH('#', "takes each element"),
        VALUE('+', "takes the value"),
        OPTIONAL('?', "takes the value, if there is one"),
        OUTCOME('!', "takes what became of it"),
        ORDER(':', "runs after it");

        private final char sign;
        private final String meaning;

        Edge(char sign, String meaning) {
            this.sign = sign;
            this.meaning = meaning;
        }
    }

    private final Subject subject;
    private final List<Method> steps;
    private final Map<Method, Map<Method, Edge>> edges = new LinkedHashMap<>();

    Drawing(Subject subject) {
        this.subject = subject;
        this.steps = ordered(subject);
        for (var step : steps) {
            edges.put(step, edges(step));
        }
    }

    /** The drawing, ready for Javadoc. */
    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add("<pre>{@code");
        lines.addAll(rows());
        lines.add("}</pre>");
        var signs = new TreeSet<Edge>();
        for (var parents : edges.values()) {
            signs.addAll(parents.values());
        }
        if (!signs.isEmpty()) {
            lines.add("");
            lines.add("<p>A line begins at the step that others wait for;");
            for (var edge : signs) {
                lines.add("{@code " + edge.sign + "} " + edge.meaning + (edge == signs.last() ? "." : ","));
            }
        }
        return lines;
    }

    /** The steps in the order of the source, but each after those it waits for; what waits in a circle comes last. */
    private static List<Method> ordered(Subject subject) {
        var waiting = new ArrayList<>(subject.workflow().steps());
        var ordered = new ArrayList<Method>();
        while (!waiting.isEmpty()) {
            var next = next(waiting, subject);
            waiting.remove(next);
            ordered.add(next);
        }
        return ordered;
    }

    private static Method next(List<Method> waiting, Subject subject) {
        for (var step : waiting) {
            var parents = new ArrayList<>(subject.wiring().parents(step));
            parents.remove(step);
            if (Collections.disjoint(parents, waiting)) {
                return step;
            }
        }
        return waiting.get(0);
    }

    private Map<Method, Edge> edges(Method step) {
        Map<Method, Edge> found = new LinkedHashMap<>();
        for (var parent : subject.wiring().parents(step)) {
            found.put(parent, Edge.ORDER);
        }
        for (var parameter : step.parameters()) {
            var parent = subject.wiring().parent(parameter);
            var edge = edge(parameter);
            if (parent.isPresent()
                    && found.getOrDefault(parent.get(), Edge.ORDER).compareTo(edge) >= 0) {
                found.put(parent.get(), edge);
            }
        }
        return found;
    }

    private Edge edge(Parameter parameter) {
        var source = subject.wiring().source(parameter);
        if (source instanceof Source.Element) {
            return Edge.EACH;
        }
        if (source instanceof Source.OptionalParent) {
            return Edge.OPTIONAL;
        }
        return source instanceof Source.ParentOutcome ? Edge.OUTCOME : Edge.VALUE;
    }

    private List<String> rows() {
        var rows = new ArrayList<String>();
        List<Optional<Method>> columns = new ArrayList<>();
        int longest = 0;
        for (var step : steps) {
            longest = Math.max(longest, name(step).length());
        }
        for (int i = 0; i < steps.size(); i++) {
            var step = steps.get(i);
            int own = isAwaitedAfter(i) ? begin(columns, step) : -1;
            var row = new StringBuilder(name(step))
                    .append(" ".repeat(longest - name(step).length()))
                    .append(lines(step, columns, own));
            rows.add((row + remark(step)).stripTrailing());
            end(columns, i);
        }
        return rows;
    }

    private boolean isAwaitedAfter(int row) {
        return isAwaitedAfter(steps.get(row), row);
    }

    private boolean isAwaitedAfter(Method step, int row) {
        for (var later : steps.subList(row + 1, steps.size())) {
            if (edges.get(later).containsKey(step)) {
                return true;
            }
        }
        return false;
    }

    /** Takes the first free column; one that a line has just left may be taken in the row after its last. */
    private static int begin(List<Optional<Method>> columns, Method step) {
        int free = columns.indexOf(Optional.<Method>empty());
        if (free < 0) {
            columns.add(Optional.of(step));
            return columns.size() - 1;
        }
        columns.set(free, Optional.of(step));
        return free;
    }

    private void end(List<Optional<Method>> columns, int row) {
        for (int i = 0; i < columns.size(); i++) {
            var producer = columns.get(i);
            if (producer.isPresent() && !isAwaitedAfter(producer.get(), row)) {
                columns.set(i, Optional.empty());
            }
        }
    }

    private String lines(Method step, List<Optional<Method>> columns, int own) {
        var parents = edges.get(step);
        int last = own;
        for (int i = 0; i < columns.size(); i++) {
            if (takes(parents, columns.get(i))) {
                last = Math.max(last, i);
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            var gap = i == 0 && !takes(parents, columns.get(0)) && parents.isEmpty() ? " --" : " <-";
            text.append(i == 0 ? (last < 0 ? "   " : gap) : i <= last ? "--" : "  ");
            text.append(sign(columns.get(i), parents, i, own, last));
        }
        return text.toString();
    }

    private static boolean takes(Map<Method, Edge> parents, Optional<Method> producer) {
        return producer.isPresent() && parents.containsKey(producer.get());
    }

    private static char sign(Optional<Method> producer, Map<Method, Edge> parents, int column, int own, int last) {
        if (column == own) {
            return BEGINS;
        }
        if (producer.isEmpty()) {
            return column < last ? '-' : ' ';
        }
        var edge = parents.get(producer.get());
        return edge == null ? PASSES : edge.sign;
    }

    /** What else there is to know about when a step runs. */
    private String remark(Method step) {
        var remarks = new ArrayList<String>();
        if (subject.wiring().durable(step)) {
            remarks.add("durable");
        }
        if (step.returned().wrapper() == Returned.Wrapper.LOOP) {
            remarks.add("a loop");
        }
        if (step.when().isPresent()) {
            remarks.add("on a condition");
        }
        for (var parameter : step.parameters()) {
            var source = subject.wiring().source(parameter);
            if (source instanceof Source.Event) {
                remarks.add("waits for " + named(parameter.await(), "event", "an event"));
            } else if (source instanceof Source.Approval) {
                remarks.add("asks " + named(parameter.approval(), "role", "people"));
            }
        }
        return remarks.isEmpty() ? "" : "   " + String.join(", ", remarks);
    }

    /** A name that is written; one that is wrong might end the comment in which it stands. */
    private static String named(Optional<Mirror> mirror, String member, String otherwise) {
        return mirror.flatMap(written -> written.text(member))
                .filter(Names::isName)
                .orElse(otherwise);
    }

    private static String name(Method step) {
        return Names.isName(step.name())
                ? step.name()
                : step.element().getSimpleName().toString();
    }
}
