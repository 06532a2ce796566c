package com.acme.research;

import dev.millrace.ActionFailedException;
import dev.millrace.Durable;
import dev.millrace.TypeRef;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the actions of {@link Research} from its durable steps. Each call is a checkpoint: repeated until its
 * result is stored, and never again.
 *
 * <p>For the thread that the step was called on.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class ResearchSteps {
    private final Research workflow;

    private final Durable durable;

    private ResearchSteps(Research workflow, Durable durable) {
        this.workflow = workflow;
        this.durable = durable;
    }

    /**
     * The actions of this object, called from the durable step that was given this {@code Durable}.
     */
    public static ResearchSteps of(Research workflow, Durable durable) {
        return new ResearchSteps(workflow, durable);
    }

    /**
     * The action {@code plan}: {@link Research#plan}.
     *
     * @throws ActionFailedException if it failed for good
     */
    public Plan plan(Question question) {
        return durable.call(
                "plan",
                TypeRef.of(Plan.class),
                () -> workflow.plan(question),
                options -> options.action(question));
    }

    /**
     * The action {@code replan}: {@link Research#replan}.
     *
     * @throws ActionFailedException if it failed for good
     */
    public Plan replan(Plan plan, List<Finding> found) {
        return durable.call(
                "replan",
                TypeRef.of(Plan.class),
                () -> workflow.replan(plan, found),
                options -> options.action(plan, found));
    }

    /**
     * The action {@code count-pages}: {@link Research#pages}.
     *
     * @throws ActionFailedException if it failed for good
     */
    public int pages(Plan durable) {
        return this.durable.call(
                "count-pages",
                TypeRef.of(Integer.class),
                () -> workflow.pages(durable),
                options -> options.action(durable));
    }

    /**
     * The action {@code file}: {@link Research#file}.
     *
     * @throws ActionFailedException if it failed for good
     */
    public void file(Plan plan, int workflow) {
        durable.call(
                "file",
                TypeRef.of(Void.class),
                () -> {
                    this.workflow.file(plan, workflow, durable.context());
                    return null;
                },
                options -> options.action(plan, workflow));
    }

    /**
     * The action {@code best}: {@link Research#best}.
     *
     * @throws ActionFailedException if it failed for good
     */
    public Optional<Finding> best(List<Finding> options) {
        return durable.call(
                "best",
                new TypeRef<Optional<Finding>>() {},
                () -> workflow.best(options),
                options_ -> options_.action(options));
    }
}
