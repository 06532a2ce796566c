/**
 * The millrace command: one class per subcommand. Starts the server as a process of its own and never links it.
 */
package dev.millrace.cli;
