package dev.millrace.samples.review;

/**
 * What lies on somebody's desk: the state of a review while it waits.
 *
 * @param role whose desk it is
 * @param round from 1
 * @param remark what the author is asked to change; empty for an editor
 */
public record Desk(String role, int round, Draft draft, String remark) {}
