/**
 * {@code millrace demo}: runs a sample for real, each part a process of its own, and compares what it found with what must be. In comes
 * the name of a {@link dev.millrace.cli.demo.Show}, of which each sample has one in a package of its own; out go progress, a result and
 * an exit code.
 */
package dev.millrace.cli.demo;
