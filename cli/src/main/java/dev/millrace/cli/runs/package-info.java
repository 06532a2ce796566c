/** {@code millrace runs}: lists, shows, cancels, replays and exports runs of a control plane, and what failed, over its REST API. */
package dev.millrace.cli.runs;
