/** Numbers: samples and their percentiles, medians over repeats, and the one JSON object that a benchmark prints. */
package dev.millrace.bench.figures;
