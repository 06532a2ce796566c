/**
 * What makes a workflow wrong: one small class per rule, in a room for each subject. Each reads the finished model and adds
 * to the report; none changes anything, stops anything or depends on another one, so every error of a class is told in one
 * pass. Each room has one door, the list of its rules.
 */
package dev.millrace.processor.rule;
