/** {@code millrace runs}: lists, shows and cancels runs of a control plane, over its REST API. */
package dev.millrace.cli.runs;
