package dev.millrace.samples.orders;

import java.util.List;

/** Keeps what people would be told. */
record Told(List<String> texts) implements Messages {
    @Override
    public void toCustomer(Customer customer, String text) {
        texts.add(customer.email() + ": " + text);
    }

    @Override
    public void toStaff(String text) {
        texts.add("staff: " + text);
    }
}
