/**
 * Reads the source: annotated classes into the model, and literals into values. Nothing is judged here; a literal that
 * cannot be read comes out as the sentence that says why.
 */
package dev.millrace.processor.read;
