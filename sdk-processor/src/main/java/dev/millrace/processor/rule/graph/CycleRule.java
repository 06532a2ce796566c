package dev.millrace.processor.rule.graph;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * No step waits for itself through others. Each cycle is told once, as its shortest path from the step that stands first in
 * the source: a breadth-first search along the parents reaches that step again by the fewest steps.
 */
final class CycleRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        Set<Method> told = new HashSet<>();
        for (var step : subject.workflow().steps()) {
            if (!told.contains(step)) {
                cycle(subject, step).ifPresent(path -> {
                    told.addAll(path);
                    report.add(problem(step, path));
                });
            }
        }
    }

    private static Problem problem(Method step, List<Method> path) {
        var names = path.stream().map(Method::name).collect(Collectors.joining(" -> "));
        return Problem.at(
                        step.element(),
                        Tag.CYCLE,
                        "These steps wait for each other and could never start: " + names + " -> " + step.name() + ".")
                .detail("An arrow points from a step to one that it waits for.")
                .fix("cut one of the arrows: take an earlier value, or remove a name from 'after'.");
    }

    /** The steps of the shortest cycle through a step, which comes first; each waits for the next. */
    private static Optional<List<Method>> cycle(Subject subject, Method start) {
        Map<Method, Method> waiter = new HashMap<>();
        var queue = new ArrayDeque<Method>(List.of(start));
        while (!queue.isEmpty()) {
            var step = queue.poll();
            for (var parent : subject.wiring().parents(step)) {
                if (parent.equals(start)) {
                    return step.equals(start) ? Optional.empty() : Optional.of(path(waiter, start, step));
                }
                if (waiter.putIfAbsent(parent, step) == null) {
                    queue.add(parent);
                }
            }
        }
        return Optional.empty();
    }

    private static List<Method> path(Map<Method, Method> waiter, Method start, Method last) {
        var path = new ArrayDeque<Method>();
        for (var step = last; !step.equals(start); step = waiter.get(step)) {
            path.addFirst(step);
        }
        path.addFirst(start);
        return List.copyOf(path);
    }
}
