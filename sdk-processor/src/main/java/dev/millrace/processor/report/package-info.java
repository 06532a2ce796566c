/**
 * What the compiler says about a wrong workflow. In come problems, from any rule and in any order; out go messages at the
 * narrowest element, in the order of the source, all of them in one pass.
 */
package dev.millrace.processor.report;
