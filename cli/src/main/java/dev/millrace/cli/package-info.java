/**
 * The {@code millrace} command: parsing, exit codes and what all commands share; each group of commands has a package. Talks
 * to control planes by the SDK only, and starts the server as a process of its own, never as a library.
 */
package dev.millrace.cli;
