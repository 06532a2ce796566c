/**
 * Worker and client of the SDK: connects to a control plane, runs steps, starts runs and awaits their results.
 */
package dev.millrace.runtime;
