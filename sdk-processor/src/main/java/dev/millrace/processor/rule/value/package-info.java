/**
 * What is wrong with a value by itself: types that cannot be stored, read back, named or asked for in a form, and wrappers
 * around what they do not wrap.
 */
package dev.millrace.processor.rule.value;
