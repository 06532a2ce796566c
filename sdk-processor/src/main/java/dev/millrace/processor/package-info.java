/**
 * The javac plug-in. In come classes with {@code @Workflow}; out go, for each, either errors at the lines that are wrong,
 * or a manifest, a binding and a typed client.
 *
 * <p>The way of one class: {@code read} makes the {@code model}; {@code schema} finds out how its types look as JSON;
 * {@code rule} says what is wrong through {@code report}; {@code write} writes what follows. No step changes what another
 * one made.
 */
package dev.millrace.processor;
