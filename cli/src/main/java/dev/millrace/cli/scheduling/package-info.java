/**
 * What decides when and where tasks run: why they wait, limits, paused workflows and workers. Commands ask the control plane over
 * REST and print what it says.
 */
package dev.millrace.cli.scheduling;
