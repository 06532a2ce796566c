/**
 * Load generator and benchmarks. {@link dev.millrace.bench.Main} reads its words, starts a control plane, a worker and a
 * load process of their own on this machine, lets the load process measure, and prints what it found. Everything goes
 * through the public SDK, as an application would.
 */
package dev.millrace.bench;
