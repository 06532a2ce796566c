package dev.millrace.testing;

import dev.millrace.Durable;
import dev.millrace.Emitter;
import dev.millrace.Input;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Tells a story line by line: at once, later, and over days. */
@Workflow(timeout = "20d")
class Story {
    record Topic(String name, int lines, int failingAttempts) {}

    record Line(int number, String text) {}

    record Told(int lines) {}

    record Sung(int verses) {}

    record Remembered(int days) {}

    Thread singer;
    RuntimeException refusal;

    /** Fails behind its first line, as often as the topic says. */
    @Step(retries = 2)
    Told tell(@Input Topic topic, StepContext context, Emitter<Line> lines) {
        for (int i = 1; i <= topic.lines(); i++) {
            lines.emit(new Line(i, topic.name() + " by attempt " + context.attempt()));
            if (context.attempt() <= topic.failingAttempts()) {
                throw new IllegalStateException("forgotten");
            }
        }
        return new Told(topic.lines());
    }

    @Step
    CompletionStage<Sung> sing(Told told, Emitter<Line> lines) {
        var sung = new CompletableFuture<Sung>();
        singer = new Thread(() -> {
            lines.emit(new Line(1, "la"));
            sung.complete(new Sung(1));
        });
        singer.start();
        return sung;
    }

    @Step(timeout = "10d")
    Remembered remember(Sung sung, Durable durable, Emitter<Line> lines) {
        int days = 0;
        for (int i = 1; i <= 3; i++) {
            int day = i;
            lines.emit(new Line(day, "before"));
            days += durable.call("day", Integer.class, () -> {
                lines.emit(new Line(day, "during"));
                return 1;
            });
            lines.emit(new Line(day, "after"));
            durable.sleep(Duration.ofDays(1));
        }
        return new Remembered(days);
    }

    @Step
    List<String> shout(Remembered remembered, Emitter<String> cries) {
        try {
            cries.emit("x".repeat(70_000));
        } catch (IllegalArgumentException e) {
            refusal = e;
        }
        cries.emit("done");
        return List.of();
    }
}
