/**
 * Times that start runs. Schedules come from the manifests of latest versions and from requests at run time; both are rows. One
 * thread knows the next time of each; at that time the tick is decided by the schedule's policies, its run is started under a
 * name made of schedule and tick, so that it is started once, and the row moves on to the next tick.
 */
package dev.millrace.controlplane.triggers.schedules;
