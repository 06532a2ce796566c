/**
 * The pure core: commands in, facts out. No I/O, no threads, no clock, no framework.
 */
package dev.millrace.engine;
