/**
 * Tenants, services, tokens and permissions. In comes a bearer token; out goes a {@link
 * dev.millrace.controlplane.tenancy.Principal}, the only source of the tenant of anything. Every REST operation and every gRPC
 * method declares the permission it needs with {@link dev.millrace.controlplane.tenancy.RequiresPermission}; one that declares
 * none is refused to everybody. {@link dev.millrace.controlplane.tenancy.RequestDatabase} is how requests reach tables: as a
 * role that sees the rows of one tenant.
 */
package dev.millrace.controlplane.tenancy;
