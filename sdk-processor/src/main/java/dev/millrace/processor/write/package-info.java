/**
 * Writes what a right workflow yields: manifest, binding and typed client. Each is a file of its own with one originating element, the workflow class, so that incremental builds know what
 * to write anew. Generated code is constants and one-line delegations; what it does lives in the libraries.
 */
package dev.millrace.processor.write;
