package dev.millrace.client;

import dev.millrace.TypeRef;
import dev.millrace.binding.ChildHandle;
import dev.millrace.binding.StartedChild;
import dev.millrace.rest.model.RunState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * A run that durable code started. What that code branches on must be stored, so whatever would give another answer in a
 * repetition is refused.
 */
final class ChildRun<R> extends RunHandle<R> implements ChildHandle<R> {
    private final StartedChild<R> child;

    ChildRun(StartedChild<R> child) {
        this.child = child;
    }

    @Override
    public StartedChild<R> child() {
        return child;
    }

    @Override
    public String id() {
        return child.runId();
    }

    @Override
    public boolean isDone() {
        return child.isDone();
    }

    @Override
    public R join() {
        return child.join();
    }

    @Override
    public R result() {
        return child.join();
    }

    @Override
    public R result(Duration limit) {
        throw refused("result(limit)");
    }

    @Override
    public RunEnd<R> await(Duration limit) {
        throw refused("await(limit)");
    }

    @Override
    public CompletionStage<RunEnd<R>> ended() {
        throw refused("ended()");
    }

    @Override
    public boolean cancel(String reason) {
        throw refused("cancel()");
    }

    @Override
    public boolean signal(String name, Object data, String requestId) {
        throw refused("signal()");
    }

    @Override
    public <T> T request(String name, Object data, Class<T> reply, Duration limit, String requestId) {
        throw refused("request()");
    }

    @Override
    public RunState state() {
        throw refused("state()");
    }

    @Override
    public <T> Optional<T> state(Class<T> type) {
        throw refused("state(type)");
    }

    @Override
    public <T> Optional<T> state(String step, Class<T> type) {
        throw refused("state(step, type)");
    }

    @Override
    public <T> RunItems<T> stream(TypeRef<T> type, UnaryOperator<StreamOptions> options) {
        throw refused("stream()");
    }

    private UnsupportedOperationException refused(String method) {
        return new UnsupportedOperationException("Durable code cannot call " + method + " of its child " + id()
                + ": the answer would not be stored, and another one in a repetition. Call join(), or do it in an action"
                + " with a client that is bound to a Millrace.");
    }
}
