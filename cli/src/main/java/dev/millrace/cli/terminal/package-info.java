/**
 * What the user sees: data on standard output, everything else on standard error, colours and moving lines only where a
 * person looks. In come values; out go plain text, tables and JSON.
 */
package dev.millrace.cli.terminal;
