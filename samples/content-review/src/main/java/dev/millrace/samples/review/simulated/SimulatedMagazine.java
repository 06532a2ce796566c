package dev.millrace.samples.review.simulated;

import dev.millrace.samples.review.Draft;
import dev.millrace.samples.review.Magazine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes to the log instead of publishing. Safe for use by many threads. */
public final class SimulatedMagazine implements Magazine {
    private static final Logger log = LoggerFactory.getLogger(SimulatedMagazine.class);

    @Override
    public String publish(Draft draft) {
        log.info("Published: {}", draft.title());
        return "https://magazine.example/" + draft.id();
    }

    @Override
    public void tell(String author, String text) {
        log.info("To {}: {}", author, text);
    }
}
