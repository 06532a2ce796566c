/**
 * Actions as tools of language models: their definitions, and calls of them by name and JSON from durable code. In comes what a model
 * asks for; out goes what it is told, with every call stored as an action is that code calls itself.
 */
package dev.millrace.tools;
