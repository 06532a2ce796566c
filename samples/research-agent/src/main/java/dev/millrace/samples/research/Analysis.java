package dev.millrace.samples.research;

import java.util.List;

/**
 * What the rounds came to.
 *
 * @param claims as the model makes them
 * @param found what its tools found on the way
 */
public record Analysis(List<Claim> claims, List<Excerpt> found) {}
