/**
 * The show of the content-review sample: some drafts, people who answer over the public API or do not, and who decided what and when.
 */
package dev.millrace.cli.demo.review;
