/**
 * Between LangChain4j and Millrace: tools of a chat model that are actions, and conversations of durable code whose every answer is stored.
 * In come LangChain4j's messages; out go theirs, with what they cost and what they did kept by the run.
 */
package dev.millrace.langchain4j;
