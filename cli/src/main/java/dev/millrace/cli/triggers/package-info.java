/** Commands about what starts runs: expressions, events, filters, schedules. Each asks the REST API and prints what it answers. */
package dev.millrace.cli.triggers;
