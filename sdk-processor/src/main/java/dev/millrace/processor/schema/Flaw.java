package dev.millrace.processor.schema;

import dev.millrace.processor.report.Tag;

/**
 * Why a type cannot be stored.
 *
 * @param tag the kind of error
 * @param sentence what is wrong, beginning with the type or the field
 * @param fix what to do
 */
public record Flaw(Tag tag, String sentence, String fix) {}
