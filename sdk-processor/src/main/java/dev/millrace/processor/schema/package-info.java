/**
 * JSON Schemas from Java types. In comes a type of the user's; out come its schema (draft 2020-12, in the fixed mapping
 * that the worker's codec follows), and the flaws that keep a value of it from being stored and read back.
 *
 * <p>The mapping: records are objects whose components are required unless they are {@code Optional} or {@code @Nullable};
 * classes with getters and setters are objects without required members; sealed types are objects with a member {@code
 * type} that holds the simple name of the variant; enums are strings; collections and arrays are arrays, {@code byte[]} is
 * a Base64 string; maps are objects; times are ISO-8601 strings. A literal {@code @JsonProperty} renames.
 */
package dev.millrace.processor.schema;
