package dev.millrace.samples.research;

import java.util.List;

/**
 * What is left of an analysis.
 *
 * @param claims each of which rests on something that was found
 * @param dropped what the model has made up
 */
public record Verified(List<Claim> claims, List<String> dropped) {}
