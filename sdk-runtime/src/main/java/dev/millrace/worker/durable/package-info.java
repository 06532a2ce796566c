/**
 * Durable code on a worker: what a step is given as its {@link dev.millrace.Durable}. In comes what is stored of the step; out goes
 * what its code does, and that it leaves. Knows neither the worker protocol nor a connection, so that tests run it as workers do; the
 * types that are public are for the worker beside it, not for applications.
 */
package dev.millrace.worker.durable;
