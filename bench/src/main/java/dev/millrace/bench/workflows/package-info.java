/** The workflows that are measured, as a user would write them. */
package dev.millrace.bench.workflows;
