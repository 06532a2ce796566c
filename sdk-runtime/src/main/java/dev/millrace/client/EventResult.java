package dev.millrace.client;

import java.util.Optional;

/**
 * What became of one of several events: exactly one of the two is there.
 *
 * @param event the event, if it is stored
 * @param refusal why it is not
 */
public record EventResult(Optional<PublishedEvent> event, Optional<EventRefusedException> refusal) {

    /**
     * The event.
     *
     * @throws EventRefusedException if it was refused
     */
    public PublishedEvent orElseThrow() {
        return event.orElseThrow(refusal::get);
    }
}
