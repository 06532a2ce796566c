/** The commands about single tasks: {@code millrace tasks}. In come words, out goes what the control plane decided. */
package dev.millrace.cli.tasks;
