/**
 * What is written as text or as a number and can be judged by itself: durations, ranges, expressions. CEL is loaded by one
 * class here, and only for a workflow that has an expression.
 */
package dev.millrace.processor.rule.literal;
