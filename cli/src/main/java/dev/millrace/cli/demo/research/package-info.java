/**
 * The show of the research-agent sample: some questions, a scripted model that is too busy at times, a schedule that is triggered, and
 * what was asked, found, decided and spent.
 */
package dev.millrace.cli.demo.research;
