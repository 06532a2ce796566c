package dev.millrace.manifest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Finds steps that wait for each other, by depth-first search with a stack of its own: ten thousand steps in a row must not
 * overflow the thread's.
 */
final class Cycles {
    private static final int MOST_CYCLES = 10;

    private enum Mark {
        NEW,
        OPEN,
        DONE
    }

    private final List<int[]> parents;
    private final Mark[] marks;
    private final int[] nextParent;
    private final List<Integer> trail = new ArrayList<>();
    private final List<List<Integer>> found = new ArrayList<>();

    private Cycles(List<int[]> parents) {
        this.parents = parents;
        this.marks = new Mark[parents.size()];
        this.nextParent = new int[parents.size()];
        Arrays.fill(marks, Mark.NEW);
    }

    /** Up to ten cycles as names, each ending with the name it begins with. References to unknown steps lead nowhere. */
    static List<List<String>> of(List<StepSpec> steps, Map<String, Integer> numbers) {
        var parents = new ArrayList<int[]>();
        for (var step : steps) {
            parents.add(known(step.parents(), numbers));
        }
        var search = new Cycles(parents);
        for (int step = 0; step < steps.size() && search.found.size() < MOST_CYCLES; step++) {
            if (search.marks[step] == Mark.NEW) {
                search.searchFrom(step);
            }
        }
        return search.found.stream()
                .map(cycle -> cycle.stream().map(step -> steps.get(step).name()).toList())
                .toList();
    }

    private static int[] known(Collection<String> parents, Map<String, Integer> numbers) {
        int[] known = new int[parents.size()];
        int count = 0;
        for (var parent : parents) {
            var number = numbers.get(parent);
            if (number != null) {
                known[count++] = number;
            }
        }
        return Arrays.copyOf(known, count);
    }

    private void searchFrom(int start) {
        enter(start);
        while (!trail.isEmpty()) {
            int step = trail.get(trail.size() - 1);
            if (nextParent[step] == parents.get(step).length) {
                marks[step] = Mark.DONE;
                trail.remove(trail.size() - 1);
                continue;
            }
            int parent = parents.get(step)[nextParent[step]++];
            if (marks[parent] == Mark.NEW) {
                enter(parent);
            } else if (marks[parent] == Mark.OPEN && found.size() < MOST_CYCLES) {
                var cycle = new ArrayList<>(trail.subList(trail.indexOf(parent), trail.size()));
                cycle.add(parent);
                found.add(cycle);
            }
        }
    }

    private void enter(int step) {
        marks[step] = Mark.OPEN;
        trail.add(step);
    }
}
