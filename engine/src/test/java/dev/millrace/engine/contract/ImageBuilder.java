package dev.millrace.engine.contract;

import dev.millrace.engine.Allowance;
import dev.millrace.engine.Passivity;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.RunImage.Transition;
import dev.millrace.engine.RunState;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.Signals;
import dev.millrace.engine.Spending;
import dev.millrace.engine.StartWindow;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes images for tests: of a queued run that is new to the store, or like another one, but for what is said. For one thread. */
public final class ImageBuilder {
    private final TenantId tenant;
    private RunId run;
    private boolean isNew = true;
    private int generation = 1;
    private final VersionRef version;
    private RunState state = RunState.QUEUED;
    private Payload input = Payload.NONE;
    private String idempotencyKey = "";
    private Priority priority = Priority.NORMAL;
    private Map<String, String> metadata = Map.of();
    private final Instant started;
    private Instant deadline;
    private List<TaskImage> tasks = List.of();
    private List<Integer> cleanUp = List.of();
    private Optional<RunFailure> failure = Optional.empty();
    private boolean compensated;
    private boolean deadlinePassed;
    private String cancelReason = "";
    private Instant ended = Instant.MAX;
    private RunTerms terms = RunTerms.NONE;
    private Signals signals = Signals.NONE;
    private Map<String, String> heard = Map.of();
    private String build = "";
    private Spending spending = Spending.NONE;
    private Allowance allowance = Allowance.NONE;
    private Optional<StartWindow> window = Optional.empty();
    private List<Transition> history = List.of();
    private Optional<Passivity> passivity = Optional.empty();
    private List<RunImage> former = List.of();

    private ImageBuilder(TenantId tenant, RunId run, VersionRef version, Instant started) {
        this.tenant = tenant;
        this.run = run;
        this.version = version;
        this.started = started;
        this.deadline = started;
    }

    /** A queued run without tasks that is new to the store. */
    public static ImageBuilder of(TenantId tenant, RunId run, VersionRef version, Instant started) {
        return new ImageBuilder(tenant, run, version, started);
    }

    /** Like this one. */
    public static ImageBuilder like(RunImage image) {
        var builder = of(image.tenant(), image.run(), image.version(), image.started());
        builder.isNew = image.isNew();
        builder.generation = image.generation();
        builder.state = image.state();
        builder.input = image.input();
        builder.idempotencyKey = image.idempotencyKey();
        builder.priority = image.priority();
        builder.metadata = image.metadata();
        builder.deadline = image.deadline();
        builder.tasks = image.tasks();
        builder.cleanUp = image.cleanUp();
        builder.failure = image.failure();
        builder.compensated = image.compensated();
        builder.deadlinePassed = image.deadlinePassed();
        builder.cancelReason = image.cancelReason();
        builder.ended = image.ended();
        builder.terms = image.terms();
        builder.signals = image.signals();
        builder.heard = image.heard();
        builder.build = image.build();
        builder.allowance = image.allowance();
        builder.window = image.window();
        builder.history = image.history();
        builder.passivity = image.passivity();
        return builder;
    }

    public ImageBuilder run(RunId other) {
        run = other;
        return this;
    }

    public ImageBuilder isNew(boolean other) {
        isNew = other;
        return this;
    }

    public ImageBuilder generation(int other) {
        generation = other;
        return this;
    }

    public ImageBuilder state(RunState other) {
        state = other;
        return this;
    }

    public ImageBuilder input(Payload other) {
        input = other;
        return this;
    }

    public ImageBuilder priority(Priority other) {
        priority = other;
        return this;
    }

    public ImageBuilder metadata(Map<String, String> other) {
        metadata = other;
        return this;
    }

    public ImageBuilder tasks(List<TaskImage> other) {
        tasks = other;
        return this;
    }

    public ImageBuilder failure(RunFailure why) {
        failure = Optional.of(why);
        return this;
    }

    public ImageBuilder ended(Instant other) {
        ended = other;
        return this;
    }

    public ImageBuilder spending(Spending other) {
        spending = other;
        return this;
    }

    /** Generations that ended and were replayed since the image before. */
    public ImageBuilder former(RunImage... generations) {
        former = List.of(generations);
        return this;
    }

    /** It waits for further starts. */
    public ImageBuilder window(StartWindow gathered) {
        this.window = Optional.of(gathered);
        return this;
    }

    public RunImage build() {
        return new RunImage(
                tenant,
                run,
                isNew,
                generation,
                version,
                state,
                input,
                idempotencyKey,
                priority,
                metadata,
                started,
                deadline,
                tasks,
                cleanUp,
                failure,
                compensated,
                deadlinePassed,
                cancelReason,
                ended,
                terms,
                Optional.empty(),
                signals,
                heard,
                build,
                allowance,
                spending,
                window,
                history,
                passivity,
                former);
    }
}
