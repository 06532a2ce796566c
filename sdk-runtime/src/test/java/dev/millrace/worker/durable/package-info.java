/** Durable code on a worker whose control plane is in the test. */
package dev.millrace.worker.durable;
