/**
 * What all gRPC streams share: how frames leave without a queue that grows for ever, how a stream whose token was revoked is
 * ended, how streams are drained when the instance goes away, and the settings of the server.
 */
package dev.millrace.controlplane.streams;
