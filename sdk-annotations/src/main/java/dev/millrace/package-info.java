/**
 * The words a workflow is written in: annotations that turn methods into steps, and the few types a step may take or
 * return.
 *
 * <p>Nothing here does anything. The annotation processor ({@code sdk-processor}) reads the annotations, checks the
 * workflow, and writes a manifest, a binding and a typed client; the worker ({@code sdk-runtime}) gives life to the
 * interfaces. The module has no dependencies, so a class with steps stays an ordinary class that a unit test calls.
 *
 * <p>The one rule: a step's parameter is the result of the step that returns its type, or the workflow's input.
 *
 * <p><b>Literals.</b> Durations are written {@code "250ms"}, {@code "30s"}, {@code "5m"}, {@code "2h"}, {@code "7d"},
 * combined from large to small ({@code "1h30m"}), or as ISO-8601 ({@code "PT30S"}). A member that is left out has the
 * default that its documentation names; the {@code ""} and {@code -1} in the declarations only mean "left out" and cannot
 * be written. The compiler checks all of them.
 *
 * <p>The package is larger than others in this project on purpose: one import serves a whole workflow.
 */
package dev.millrace;
