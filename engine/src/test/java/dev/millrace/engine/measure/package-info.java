/** What the engine costs, measured by hand. */
package dev.millrace.engine.measure;
