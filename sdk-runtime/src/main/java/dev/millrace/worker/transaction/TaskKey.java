package dev.millrace.worker.transaction;

import java.util.UUID;

/**
 * Names a task over all its attempts.
 *
 * @param generation of the run: what is run again after its end is another task
 * @param element 0 but for mapped steps
 */
public record TaskKey(UUID run, int generation, String step, int element) {
    @Override
    public String toString() {
        return "step '" + step + "'" + (element == 0 ? "" : " [" + element + "]") + " of run " + run;
    }
}
