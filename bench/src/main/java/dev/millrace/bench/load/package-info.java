/**
 * What the load process does: it starts runs through generated clients, as an application would, in several patterns, and
 * takes the time.
 */
package dev.millrace.bench.load;
