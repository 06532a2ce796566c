/**
 * What is wrong between steps: parameters without a source or with several, circles, values that go nowhere, and what the
 * engine gives where it has nothing to give.
 */
package dev.millrace.processor.rule.graph;
