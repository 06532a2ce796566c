/**
 * Registration, versions and lookup of workflows. In come manifests; out go {@link
 * dev.millrace.controlplane.workflows.WorkflowVersion}s that starts and reads go by. A version is immutable and named by its
 * content, so what was read of one stays true for ever; only "the latest version" is asked anew.
 */
package dev.millrace.controlplane.workflows;
