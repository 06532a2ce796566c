/**
 * Events: published facts that start runs. In come events from the REST and gRPC doors and from webhooks; each is held
 * against the schema of its name where there is one,
 * decided over by the filters of its name, stored together with what it is to start, acknowledged, and then starts it, once
 * each. What an event started, and what it did not and why, stays with it.
 */
package dev.millrace.controlplane.triggers.events;
