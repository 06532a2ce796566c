/**
 * What starts runs: events, schedules, and what becomes of starts that come close together.
 */
package dev.millrace.processor.rule.start;
