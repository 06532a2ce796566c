/**
 * A small world for the sample: a model that follows a script, behind HTTP as the real ones are, and a library. What becomes of a question
 * follows from its topic alone, so {@link dev.millrace.samples.research.simulated.Inquiry} can tell beforehand how it must end.
 */
package dev.millrace.samples.research.simulated;
