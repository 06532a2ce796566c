package dev.millrace.client;

/**
 * An event that is stored, and will start what it is to start whatever crashes.
 *
 * @param eventId id of the event, by which {@code millrace events get} shows what it started
 * @param duplicate an event with its id had been published before, and this is that one
 */
public record PublishedEvent(String eventId, boolean duplicate) {}
