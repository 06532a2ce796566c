/**
 * The javac plug-in: reads the annotations, checks them and writes manifest, binding and typed client.
 */
package dev.millrace.processor;
