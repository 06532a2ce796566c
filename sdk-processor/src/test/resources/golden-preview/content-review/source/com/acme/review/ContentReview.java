package com.acme.review;

import dev.millrace.Approval;
import dev.millrace.Await;
import dev.millrace.Each;
import dev.millrace.Emitter;
import dev.millrace.From;
import dev.millrace.Loop;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reviews a document by machines and by people; on a class that only its package sees. */
@Workflow(timeout = "20d")
final class ContentReview {

    @Step
    List<Chunk> split(Document document) {
        return List.of(new Chunk(document.text()));
    }

    @Step
    CompletionStage<Score> score(@Each Chunk chunk, Emitter<Chunk> progress) {
        progress.emit(chunk);
        return CompletableFuture.completedFuture(new Score(1));
    }

    @Step
    Loop<Quality> settle(@From("score") List<Score> scores, Optional<Quality> previous) {
        return previous.map(Loop::done).orElseGet(() -> Loop.again(new Quality(scores.size()), Duration.ofSeconds(5)));
    }

    @Step
    String publish(
            Document document,
            Quality quality,
            @Await(event = "doc.reviewed", where = "event.url == input.url", timeout = "7d") Review review,
            @Await(event = "doc.withdrawn", timeout = "7d") Optional<Review> withdrawn,
            @Approval(value = "Publish it?", role = "editor", timeout = "2d") Decision decision,
            @Approval(timeout = "1d") Optional<Decision> lawyer,
            StepContext context) {
        return document.url();
    }

    @Step
    CompletionStage<Void> announce(@From("publish") String url) {
        return CompletableFuture.completedFuture(null);
    }

    record Document(String url, String text) {}

    record Chunk(String text) {}

    record Score(double value) {}

    record Quality(int level) {}

    record Review(String url, boolean fine) {}

    record Decision(boolean publish, Optional<String> remark, List<Channel> channels) {}

    enum Channel {
        WEB,
        MAIL
    }
}
