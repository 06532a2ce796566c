package dev.millrace.samples.review;

import java.util.List;

/** What the automatic checks object to; nothing in the best case. */
public record Findings(List<String> objections) {

    boolean none() {
        return objections.isEmpty();
    }

    @Override
    public String toString() {
        return none() ? "nothing found" : String.join("; ", objections);
    }
}
