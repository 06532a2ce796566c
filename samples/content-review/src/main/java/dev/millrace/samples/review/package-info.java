/**
 * Content review, the sample of {@code ./millrace demo content-review}: drafts are checked by programs and judged by people, who may want
 * them revised, or say nothing.
 *
 * <p>Start with {@link dev.millrace.samples.review.ContentReview}, the workflow, and {@link dev.millrace.samples.review.DraftChecks}, which
 * it starts for each round; {@link dev.millrace.samples.review.Magazine} and {@link dev.millrace.samples.review.Web} are what they need
 * from the world, {@code simulated} plays that world and its people, and {@link dev.millrace.samples.review.ReviewWorker} connects all of
 * it to a control plane.
 */
package dev.millrace.samples.review;
