/**
 * The words a workflow is written in: the annotations and the small types that user code names. No dependencies.
 */
package dev.millrace;
