package dev.millrace.controlplane.shard;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.manifest.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * The door to the engine: every other room talks to the shards through it and never learns which shard a tenant lives in.
 * Safe for use by any number of threads; no method blocks unless it says so.
 *
 * <p>Listeners are called on the thread that releases effects after a commit. They must be quick, must not block and must
 * not throw.
 */
public interface Shards {

    /**
     * Sends a command that is answered once.
     *
     * @param command makes the command, given the {@code replyTo} it must carry
     * @param deadline how long to wait for the answer
     * @return the reply, once the facts it rests on are stored; completes exceptionally with {@link ShardException}
     */
    CompletionStage<Reply> ask(TenantId tenant, LongFunction<? extends Command> command, Duration deadline);

    /**
     * Reserves a {@code replyTo} whose reply goes to the listener, for followers that wait without a deadline of the shard's.
     * The number is void after one reply; when the shard is lost and recovered the follower gets a {@link Reply.Refused} with
     * code {@code OWNER_CHANGED} and asks again.
     */
    long listen(TenantId tenant, Consumer<Reply> listener);

    /** Gives reserved numbers back. */
    void forget(TenantId tenant, List<Long> replyTos);

    /** Sends a command that needs no answer. */
    void tell(TenantId tenant, Command command);

    /**
     * Opens a worker's session and sends its {@link Command.ConnectWorker}.
     *
     * @param effects gets this session's effects in order: {@link Effect.WelcomeWorker} first; {@link Effect.CloseWorker} last
     *     when the shard ends the session (also when the owner is lost: the worker must reconnect)
     * @return number of the session, for {@link Command.WorkerSays} and {@link Command.DisconnectWorker}
     */
    long openWorker(TenantId tenant, WorkerInfo worker, List<AttemptRef> running, Consumer<List<Effect>> effects);

    /**
     * Who evaluates the expressions of steps, which need values that the shards do not have. Called like a listener; answers with {@link
     * Command.StepDecided}. What is asked while nobody listens is asked again.
     */
    void onQuestions(Consumer<Effect.DecideStep> listener);

    /**
     * The time that the shards go by, which all instances share: this machine's, corrected by the database's. Never goes back.
     */
    Instant now();

    /**
     * Who sees to what a former owner may have left undone, whenever this instance has taken a shard over. Must be quick and must not throw.
     */
    void onTaken(Runnable listener);

    /**
     * Who makes the inputs of runs out of what several starts brought. Called like a listener; answers with {@link
     * Command.InputGathered}. What is asked while nobody listens is asked again.
     */
    void onGatherings(Consumer<Effect.GatherInput> listener);

    /**
     * Who brings events and answers to the runs that wait for them. Called like a listener, and by the thread that recovers a shard; it
     * hears at once what was said before it listened.
     */
    void onAwaits(Consumer<Effect.Awaits> listener);

    /** Makes a version known to the tenant's shard, now and after every recovery. Called when the version's row is stored. */
    void define(TenantId tenant, ServiceId service, VersionRef version, Manifest manifest);

    /**
     * What people have set for a tenant has changed: its shard is told of all that is set now. Called when the rows are stored.
     * Blocks, for one question to the database.
     */
    void configured(TenantId tenant);

    /**
     * The generations of a run before one, each as it ended, the first first; see {@link
     * dev.millrace.engine.Snapshots#generations}. Blocks, for one question to the database.
     */
    List<RunImage> generations(TenantId tenant, RunId run, int before);

    /** Whether every shard of this instance has recovered and serves. */
    boolean ready();

    /** What the shards of this instance have done and what waits for them; for metrics. */
    ShardFigures figures();

    /** Something about the shard, not about the command, prevented the answer. */
    final class ShardException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String code;

        public ShardException(String code, String message) {
            super(message);
            this.code = code;
        }

        /** {@code SHARD_UNAVAILABLE}, {@code OVERLOADED}, {@code DEADLINE_EXCEEDED}: all may be tried again. */
        public String code() {
            return code;
        }
    }
}
