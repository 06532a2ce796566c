package dev.millrace.worker;

import java.time.Duration;

/** What the code of an attempt may want of the control plane. Safe for use by many threads. */
interface Wishes {
    /** So much time from now on. */
    void time(Duration fromNow);

    /** To go on without its slots. */
    void noSlots();
}
