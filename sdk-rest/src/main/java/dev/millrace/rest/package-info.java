/**
 * The REST client: the operations ({@code RunsApi}, {@code WorkflowsApi}, ...) are generated from
 * {@code openapi/millrace.yaml}, one class for each group of the contract; the package {@code model} has its schemas.
 * Written by hand is only what they stand on: {@link dev.millrace.rest.RestClient}, which sends calls over OkHttp and reads
 * answers with Jackson, and the two exceptions for "refused" and "no answer".
 */
package dev.millrace.rest;
