package com.acme.review;

import dev.millrace.Durable;
import dev.millrace.TypeRef;
import dev.millrace.binding.WorkflowRef;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunHandle;
import dev.millrace.client.RunLoader;
import dev.millrace.client.RunStarter;
import dev.millrace.client.StartOptions;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.annotation.processing.Generated;

/**
 * Starts runs of the workflow {@code content-review}, which is {@link ContentReview}:
 *
 * <pre>{@code
 * split    --*
 * score    <-#--*
 * settle   <-*--+   a loop
 * publish  <-+--*   waits for doc.reviewed, waits for doc.withdrawn, asks editor, asks people
 * announce <----+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code #} takes each element,
 * {@code +} takes the value.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
final class ContentReviewClient {
    private static final WorkflowRef<ContentReview.Document, String> WORKFLOW = new WorkflowRef<>(
            "content-review",
            "45e1ec4a5f22bdc4391a3b8b3a0084db",
            TypeRef.of(ContentReview.Document.class),
            TypeRef.of(String.class));

    private final RunStarter<ContentReview.Document, String> runs;

    /**
     * A client that starts runs over this connection.
     */
    ContentReviewClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    ContentReviewClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public String run(ContentReview.Document document) {
        return runs.run(document);
    }

    /**
     * Starts a run.
     */
    public RunHandle<String> start(ContentReview.Document document) {
        return runs.start(document);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<String> start(ContentReview.Document document,
            UnaryOperator<StartOptions> options) {
        return runs.start(document, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<String>> startAll(Collection<? extends ContentReview.Document> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<ContentReview.Document> loader() {
        return runs.loader();
    }
}
