/**
 * The manifest of a workflow: what the compiler found out about it, as immutable records with one JSON form.
 *
 * <p>In comes an annotated class (through the annotation processor) or a JSON document (through registration); out goes a
 * {@link dev.millrace.manifest.Manifest} that the engine runs, the control plane stores and the CLI compares. The package
 * depends on nothing but the JDK, because it is shared by the compiler plug-in, the worker and the server.
 */
package dev.millrace.manifest;
