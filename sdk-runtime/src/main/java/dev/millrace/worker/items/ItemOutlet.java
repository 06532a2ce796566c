package dev.millrace.worker.items;

/** Where the items of attempts leave. Safe for use by many threads. */
public interface ItemOutlet {
    /** An attempt has something to send that it had not before; must not wait for it to be stored. */
    void ready(AttemptItems items);
}
