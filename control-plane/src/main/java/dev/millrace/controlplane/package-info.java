/**
 * The server around the engine: its packages are features, each with one or two public types at the door.
 */
package dev.millrace.controlplane;
