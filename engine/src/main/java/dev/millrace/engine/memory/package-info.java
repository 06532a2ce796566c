/**
 * The journal and the snapshots without a disk: for {@code millrace dev --memory}, for tests of users' workflows and for our
 * own. They keep the promises of their interfaces (all or nothing, epochs, exactly one pass from each position) and none about
 * the end of the process. The same contract suites run against them and against PostgreSQL.
 */
package dev.millrace.engine.memory;
