/**
 * Tests of workflows: the real engine, the real bindings and the real codec, in memory, in one thread and under a clock that the
 * test turns. In come the objects of annotated classes, starts and the passing of time; out come results, states and histories.
 * Nothing here opens a connection, sleeps or looks at the machine's clock.
 */
package dev.millrace.testing;
