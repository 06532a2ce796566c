package dev.millrace.samples.orders.simulated;

import dev.millrace.samples.orders.Customer;
import dev.millrace.samples.orders.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes messages to the log instead of sending them. Safe for use by many threads. */
public final class LoggedMessages implements Messages {
    private static final Logger log = LoggerFactory.getLogger(LoggedMessages.class);

    @Override
    public void toCustomer(Customer customer, String text) {
        log.info("To {}: {}", customer.email(), text);
    }

    @Override
    public void toStaff(String text) {
        log.warn("To the staff: {}", text);
    }
}
