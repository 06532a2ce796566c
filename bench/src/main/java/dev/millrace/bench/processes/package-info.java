/**
 * The processes of a benchmark and what they cost: children that are told what to do line by line, the control plane,
 * and the CPU time that each of them used by the kernel's account.
 */
package dev.millrace.bench.processes;
