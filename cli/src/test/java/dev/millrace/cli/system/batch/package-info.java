/** A workflow of batch steps, and its worker: a process of its own that tests kill. */
package dev.millrace.cli.system.batch;
