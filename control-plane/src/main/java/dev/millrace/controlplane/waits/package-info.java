/**
 * What steps wait for, from outside: signals to single runs. In come requests of clients and people; out go commands to the
 * shards, which know what is waited for. Nothing is acknowledged before it is stored.
 */
package dev.millrace.controlplane.waits;
