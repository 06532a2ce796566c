package dev.millrace.bench.trials;

import dev.millrace.TypeRef;
import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.workflows.Heard;
import dev.millrace.bench.workflows.Order;
import dev.millrace.bench.workflows.Receipt;
import dev.millrace.client.Millrace;
import dev.millrace.codec.JacksonCodec;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.SchedulesApi;
import dev.millrace.rest.model.CreateSchedule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The worker of {@link Schedules}, which makes the schedules, too: as many as each line that it reads says. */
final class SchedulesProcess {
    private static final int REQUESTS_AT_ONCE = 16;
    private static final Duration MOST = Duration.ofMinutes(10);

    private SchedulesProcess() {}

    /** @param words the number of slots, and how often each schedule fires, as a duration */
    public static void main(String[] words) throws IOException, InterruptedException {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var millrace = Millrace.connect();
                var worker = millrace.worker(new Heard())
                        .slots(Integer.parseInt(words[0]))
                        .name("bench")
                        .start()) {
            if (!worker.awaitConnected(Duration.ofSeconds(30))) {
                throw new IllegalStateException("The control plane does not take the worker.");
            }
            Child.say("ready");
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                Child.say(make(millrace, Integer.parseInt(line), words[1]).line());
            }
        }
    }

    private static Figures make(Millrace millrace, int count, String every) throws InterruptedException {
        var schedules = new SchedulesApi(millrace.rest());
        var order = new JacksonCodec().write(Order.of(1, Receipt.nowMicros()), TypeRef.of(Order.class));
        var input = new RawJson(new String(order, StandardCharsets.UTF_8));
        var failed = new AtomicLong();
        var makers = Executors.newFixedThreadPool(REQUESTS_AT_ONCE);
        for (int i = 0; i < count; i++) {
            var wish = new CreateSchedule()
                    .workflow("bench-heard")
                    .name("bench-" + i)
                    .every(every)
                    .input(input);
            makers.execute(() -> {
                try {
                    schedules.createSchedule(wish);
                } catch (RuntimeException e) {
                    failed.incrementAndGet();
                }
            });
        }
        makers.shutdown();
        if (!makers.awaitTermination(MOST.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("Schedules are still being made.");
        }
        return Figures.none().with("failed", failed.get());
    }
}
