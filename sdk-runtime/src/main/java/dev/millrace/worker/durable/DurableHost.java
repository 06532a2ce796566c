package dev.millrace.worker.durable;

import java.time.Duration;
import java.time.Instant;

/** What the worker does for the durable code of one attempt. Safe for use by several threads. */
public interface DurableHost {

    /** Has something stored: {@link DurableAttempt#stored} says when it is. */
    void tell(NewAction action);

    /** Waits until what the code has emitted is stored: so whoever finds a checkpoint stored need not emit again what came before it. */
    void storeItems();

    /** Asks for the result of a run that the code started and that has succeeded: {@link DurableAttempt#result} says what it is. */
    void read(String child);

    /** Runs a branch beside the step. */
    void run(Runnable branch);

    /** What time it is. */
    Instant now();

    /** Lets time pass on this thread. */
    void pause(Duration duration) throws InterruptedException;

    /** Interrupts the current thread after so long, unless the watch is closed before. */
    Watch watch(Duration limit);

    /** Whether to wait for answers on this thread; else the code leaves the worker whenever it would have to. */
    boolean waits();

    /** How long code that only waits keeps its thread and its slot. */
    Duration patience();

    /** Watches how long something takes. */
    interface Watch {
        /** Ends the watch; whether the time was up. */
        boolean close();
    }
}
