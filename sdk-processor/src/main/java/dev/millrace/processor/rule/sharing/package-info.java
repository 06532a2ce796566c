/**
 * What runs and attempts share: limits that let something through and are the same wherever they are named, labels that a
 * worker can have, slots and batches.
 */
package dev.millrace.processor.rule.sharing;
