package dev.millrace.samples.research;

import java.util.Optional;

/**
 * All that is kept of a question: the result of the workflow.
 *
 * @param report empty if too little is known
 */
public record Dossier(Question question, Decision decision, Verified verified, Optional<Report> report) {}
