/**
 * What a workflow looks like from outside: the class, its methods, the names, and annotations that stand where they mean
 * something. In come classes as declared; types need not be known yet.
 */
package dev.millrace.processor.rule.shape;
