/**
 * What changing a workflow from one version to another does to those who use it. In come two manifests, out go the changes,
 * each with a verdict, for the CLI, registration and build plug-ins. Runs that are under way stay on the version they
 * started with; the verdicts are about callers, operators and the runs to come.
 */
package dev.millrace.manifest.compatibility;
