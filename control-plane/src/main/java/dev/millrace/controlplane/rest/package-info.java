/**
 * What the REST doors share: reading strict bodies, cursors of pages, durations in requests, health. No business of its own.
 */
package dev.millrace.controlplane.rest;
