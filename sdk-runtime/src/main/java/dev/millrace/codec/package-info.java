/**
 * Values to JSON and back. In comes a value with the type that the binding or client names; out go bytes in UTF-8, and the
 * other way round. {@link dev.millrace.codec.Codec} is the seam; {@link dev.millrace.codec.JacksonCodec} is the one mapping
 * that the compile-time schemas are written for.
 */
package dev.millrace.codec;
