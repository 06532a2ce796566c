/**
 * What people set at run time: limits that hold instead of what manifests say, paused workflows, paused workers. Rows are the truth,
 * written with an audit entry in one transaction; then the tenant's shard is told of all of them.
 */
package dev.millrace.controlplane.limits;
