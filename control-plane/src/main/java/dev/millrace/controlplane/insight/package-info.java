/**
 * What the control plane tells of itself to those who operate it: metrics for a scraper. Figures come from the shards and the
 * database; they are of the whole instance, so no tenant's token opens them. What a tenant's runs used is told to that tenant.
 */
package dev.millrace.controlplane.insight;
