/**
 * Expressions about events, for whoever decides by them whether and how something starts: compiled once, bounded, remembered.
 * In comes the text of an expression; out comes what evaluates it, or every mistake with its column. The REST door to try an
 * expression against an example is here too.
 */
package dev.millrace.controlplane.triggers.cel;
