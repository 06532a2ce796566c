/**
 * Projects of users, built by their build tools from the artifacts as they are published: the jars of this build, in a
 * repository that is there for the test only.
 */
package dev.millrace.processor.consumer;
