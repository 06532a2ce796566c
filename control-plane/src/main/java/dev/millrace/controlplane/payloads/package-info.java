/**
 * JSON values at the door. In come bytes of clients and workers; out go {@link dev.millrace.engine.Payload}s that the engine
 * may carry without looking at them: checked strictly, matched against the manifest's schema, and, when they are large,
 * already stored under their content hash.
 */
package dev.millrace.controlplane.payloads;
