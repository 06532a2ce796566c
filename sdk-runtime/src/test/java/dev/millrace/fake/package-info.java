/**
 * A peer to test against: the other side of both protocols, with real HTTP and real gRPC on loopback, which keeps what it was
 * told and can be cut at every message boundary.
 */
package dev.millrace.fake;
