package dev.millrace.cli.scheduling;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** What is to be explained, as it is written on the command line. */
sealed interface Explained {
    Pattern RUN = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    /** Hexadecimal digits and hyphens, about as long as an id: nobody calls a workflow so. */
    Pattern NEARLY_RUN = Pattern.compile("[0-9a-fA-F-]{20,}");

    Pattern TASK = Pattern.compile("([^/\\[\\]]+)(?:\\[(\\d{1,9})])?");

    /** A workflow. */
    record Workflow(String name) implements Explained {}

    /**
     * A run, or some of its tasks.
     *
     * @param step only this one
     * @param element only this one of a mapped step
     */
    record Run(UUID run, Optional<String> step, Optional<Integer> element) implements Explained {}

    /**
     * Reads RUN, RUN/STEP, RUN/STEP[N] or the name of a workflow.
     *
     * @throws IllegalArgumentException with a sentence for people
     */
    static Explained parse(String text) {
        int slash = text.indexOf('/');
        var first = slash < 0 ? text : text.substring(0, slash);
        if (!RUN.matcher(first).matches()) {
            if (slash >= 0 || text.isBlank() || NEARLY_RUN.matcher(first).matches()) {
                throw new IllegalArgumentException(
                        "\"" + first + "\" is no id of a run: those have 32 hexadecimal digits,"
                                + " such as 0198c0de-0000-7000-8000-000000000001. \"millrace runs list\" shows them.");
            }
            return new Workflow(text);
        }
        var run = UUID.fromString(first);
        if (slash < 0) {
            return new Run(run, Optional.empty(), Optional.empty());
        }
        var task = TASK.matcher(text.substring(slash + 1));
        if (!task.matches()) {
            throw new IllegalArgumentException("\"" + text.substring(slash + 1)
                    + "\" is no task: write RUN/STEP, or RUN/STEP[N] for an element of a mapped step.");
        }
        return new Run(
                run,
                Optional.of(task.group(1)),
                Optional.ofNullable(task.group(2)).map(Integer::valueOf));
    }

    /**
     * The same, of which options want only a part.
     *
     * @param step null for all
     * @param element null for all
     * @throws IllegalArgumentException with a sentence for people
     */
    default Explained only(String step, Integer element) {
        if (step == null && element == null) {
            return this;
        }
        if (this instanceof Run whole && whole.step().isEmpty()) {
            return new Run(whole.run(), Optional.ofNullable(step), Optional.ofNullable(element));
        }
        throw new IllegalArgumentException("--step and --element choose tasks of a run: give the id of the run alone.");
    }
}
