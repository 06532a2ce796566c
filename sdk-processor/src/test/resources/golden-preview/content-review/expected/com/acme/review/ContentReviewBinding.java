package com.acme.review;

import dev.millrace.TypeRef;
import dev.millrace.binding.Answer;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link ContentReview}. For workers; there is nothing in it for anybody else.
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
 */
@Generated("dev.millrace.processor.MillraceProcessor")
final class ContentReviewBinding implements WorkflowBinding<ContentReview> {
    /**
     * For the worker, which finds this class by its name.
     */
    ContentReviewBinding() {
    }

    @Override
    public Class<ContentReview> workflowClass() {
        return ContentReview.class;
    }

    @Override
    public String workflow() {
        return "content-review";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.review.ContentReview.json";
    }

    @Override
    public String version() {
        return "6c1c32d299294650c3b52766bf1cb524";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(ContentReview.Document.class);
    }

    @Override
    public List<MethodBinding<ContentReview>> steps() {
        return List.of(
                new MethodBinding<ContentReview>(
                        "split",
                        List.of(Parameter.input(ContentReview.Document.class)),
                        new TypeRef<List<ContentReview.Chunk>>() {},
                        (workflow, arguments) -> workflow.split(arguments.at(0))),
                new MethodBinding<ContentReview>(
                        "score",
                        List.of(Parameter.element("split", ContentReview.Chunk.class), Parameter.emitter(ContentReview.Chunk.class)),
                        TypeRef.of(ContentReview.Score.class),
                        Answer.STAGE,
                        (workflow, arguments) -> workflow.score(arguments.at(0), arguments.at(1))),
                new MethodBinding<ContentReview>(
                        "settle",
                        List.of(Parameter.parent("score", new TypeRef<List<ContentReview.Score>>() {}), Parameter.turn(new TypeRef<Optional<ContentReview.Quality>>() {})),
                        TypeRef.of(ContentReview.Quality.class),
                        Answer.LOOP,
                        (workflow, arguments) -> workflow.settle(arguments.at(0), arguments.at(1))),
                new MethodBinding<ContentReview>(
                        "publish",
                        List.of(
                                Parameter.input(ContentReview.Document.class),
                                Parameter.parent("settle", ContentReview.Quality.class),
                                Parameter.event(ContentReview.Review.class),
                                Parameter.event(new TypeRef<Optional<ContentReview.Review>>() {}),
                                Parameter.approval(ContentReview.Decision.class),
                                Parameter.approval(new TypeRef<Optional<ContentReview.Decision>>() {}),
                                Parameter.context()),
                        TypeRef.of(String.class),
                        (workflow, arguments) -> workflow.publish(arguments.at(0), arguments.at(1), arguments.at(2), arguments.at(3), arguments.at(4), arguments.at(5), arguments.at(6))),
                new MethodBinding<ContentReview>(
                        "announce",
                        List.of(Parameter.parent("publish", String.class)),
                        TypeRef.of(Void.class),
                        Answer.STAGE,
                        (workflow, arguments) -> workflow.announce(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<ContentReview>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<ContentReview>> onFailure() {
        return Optional.empty();
    }
}
