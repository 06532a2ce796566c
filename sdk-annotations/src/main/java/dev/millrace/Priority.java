package dev.millrace;

/**
 * The class in which a run's tasks wait. A higher class goes first; waiting tasks age, so a lower class is slowed but
 * never starved.
 */
public enum Priority {
    /** For work that may wait: backfills, reports. */
    LOW(1),
    /** The default. */
    NORMAL(2),
    /** Before the ordinary: somebody waits for it. */
    HIGH(3),
    /** Before everything else; for rare things. */
    CRITICAL(4);

    private final int level;

    Priority(int level) {
        this.level = level;
    }

    /** The number that stands for this class in the API: 1, the lowest, to 4. */
    public int level() {
        return level;
    }
}
