package dev.millrace.binding;

/**
 * What a handle of a child is besides, so that a {@link dev.millrace.Durable} which is given the handle finds what it began itself.
 *
 * @param <R> what the child results in
 */
public interface ChildHandle<R> {

    /** What the {@link ChildStarter} returned. */
    StartedChild<R> child();
}
