/**
 * A small world for the sample: a magazine, a web, and people who answer over the REST API as others would from a page of their own. What
 * happens to a draft follows from its text alone, so {@link dev.millrace.samples.review.simulated.Story} can tell beforehand how it must
 * end.
 */
package dev.millrace.samples.review.simulated;
