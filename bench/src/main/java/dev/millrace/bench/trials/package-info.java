/**
 * Benchmarks that are told as a story instead of measured again and again: something is built up, something happens to it, and what
 * becomes of it is looked at. In come the sizes; out go findings.
 */
package dev.millrace.bench.trials;
