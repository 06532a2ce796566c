/**
 * A research agent, the sample of {@code ./millrace demo research-agent}: it gathers from several sources, thinks about them in rounds with
 * a language model and its tools, validates what comes of it, decides, and reports; every weekday morning, and when it is asked.
 *
 * <p>Start with {@link dev.millrace.samples.research.ResearchAgent}, the workflow, and {@link dev.millrace.samples.research.Completion},
 * which it starts for each answer of the model in the rounds. {@link dev.millrace.samples.research.OpenAiModel} talks to any endpoint that
 * is compatible with OpenAI's; {@code simulated} has one that follows a script, for tests and the demo. {@link
 * dev.millrace.samples.research.ResearchWorker} connects all of it to a control plane.
 */
package dev.millrace.samples.research;
