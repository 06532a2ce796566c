/**
 * What every journal and every snapshot store must keep, in memory or on PostgreSQL: extend the two suites and say where the
 * store is. Also examples of every fact and image, for whoever encodes them.
 */
package dev.millrace.engine.contract;
