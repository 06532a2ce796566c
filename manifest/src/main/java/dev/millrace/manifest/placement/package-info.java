/**
 * Which workers may be given a task: what their labels must be like, what they had better be like, and how much it matters that
 * a run stays where it was. In the manifest it is part of a policy; the scheduler asks the same records, so that what is
 * checked here is what is decided there.
 */
package dev.millrace.manifest.placement;
