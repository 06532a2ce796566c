/**
 * Which events start which workflows. Filters come from the manifests of latest versions and from requests at run time; both are
 * rows. In comes the name of an event; out come the filters that ask for it, compiled, found by the name without a look at any
 * other, and what events of that name must look like if anybody has said so.
 */
package dev.millrace.controlplane.triggers.filters;
