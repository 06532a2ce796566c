package dev.millrace.engine;

import dev.millrace.manifest.ConcurrencySpec;

/** The names of concurrency limits in the tenant, for those who set limits at run time and those who ask what waits. */
public final class LimitName {

    private LimitName() {}

    /**
     * The name that a limit has: the one that people gave it, or one made for it that no given one can equal.
     *
     * @param owner the workflow's name, or for a step's limit the workflow's and the step's with {@code /} between
     * @param index place of the limit among those of its owner, from 0
     */
    public static String of(ConcurrencySpec limit, String owner, int index) {
        return limit.name().isEmpty() ? owner + "#" + (index + 1) : limit.name();
    }

    /** The owner of a step's limit. */
    public static String owner(String workflow, String step) {
        return workflow + "/" + step;
    }
}
