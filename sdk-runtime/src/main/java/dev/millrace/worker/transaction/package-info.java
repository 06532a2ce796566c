/**
 * Steps whose effect and completion commit together, in the application's own PostgreSQL: the table of completions there, and the
 * connection that a step is given. Knows neither the worker protocol nor how a step is called; the types that are public are for the
 * worker beside it, not for applications.
 */
package dev.millrace.worker.transaction;
