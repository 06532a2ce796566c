package dev.millrace.manifest.compatibility;

import java.util.Objects;

/**
 * One difference between two versions of a workflow.
 *
 * @param path where it is, such as {@code input.customer.email} or {@code steps.charge.policy.timeout}
 * @param sentence what changed and what follows from it, with the values
 * @param verdict how much care it needs
 */
public record Change(String path, String sentence, Verdict verdict) {
    public Change {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(sentence, "sentence");
        Objects.requireNonNull(verdict, "verdict");
    }
}
