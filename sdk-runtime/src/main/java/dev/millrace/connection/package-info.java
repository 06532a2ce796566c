/**
 * The way to a control plane, shared by client and worker: settings and their sources, the token, the REST client, and the
 * gRPC streams that are opened again whenever they break.
 *
 * <p>In come settings; out go a {@link dev.millrace.connection.ControlPlane} and, for each use of a stream, a {@link
 * dev.millrace.connection.StreamLoop}, one thread that owns the stream: it connects, sends what is ready, proves life,
 * notices a dead peer, and waits a random time before it tries again. What travels is decided by its {@link
 * dev.millrace.connection.StreamUser}.
 *
 * <p>Applications meet only the exceptions of this package.
 */
package dev.millrace.connection;
