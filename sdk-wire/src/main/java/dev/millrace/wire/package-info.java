/**
 * The worker protocol on the wire: generated messages and stubs over a relocated protobuf-lite.
 */
package dev.millrace.wire;
