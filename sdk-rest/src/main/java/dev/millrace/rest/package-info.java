/**
 * The REST client over OkHttp and Jackson; the operations and models beside it are generated from the contract.
 */
package dev.millrace.rest;
