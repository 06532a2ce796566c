/**
 * A workflow as the compiler sees it: the class as declared ({@link dev.millrace.processor.model.Workflow}), and the graph
 * that the types of its methods make ({@link dev.millrace.processor.model.Wiring}). Both describe wrong workflows as well
 * as right ones; whether they are right is for the rules to say.
 */
package dev.millrace.processor.model;
