/**
 * {@code millrace demo}: runs the order-fulfilment sample for real, each part a process of its own, and compares how every
 * order ended with how it must end. In come the sample's orders; out go progress, a result table and an exit code.
 */
package dev.millrace.cli.demo;
