/**
 * CEL expressions in the places where the server decides without a worker: filters, conditions, keys and costs. In comes the
 * text with the types of its variables; out comes an {@link dev.millrace.expression.Expression}, or every problem with its
 * column and a suggestion. Bounded in length, depth, iterations and regular expressions, because the library's defaults are
 * not. Values enter as bound variables, never by concatenation.
 */
package dev.millrace.expression;
