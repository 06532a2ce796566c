package com.acme.shop;

import dev.millrace.Action;
import dev.millrace.StepContext;
import java.util.List;
import java.util.Optional;

/** What a model may look up. */
public class Catalogue {

    /**
     * Finds products by what they are called. Never more than ten.
     *
     * @param query a few words
     * @param filter which of them are wanted
     */
    @Action(retries = 2, timeout = "10s")
    public List<Product> search(String query, Filter filter, StepContext context) {
        return List.of();
    }

    /** How many of a product are there. */
    @Action(name = "stock_of")
    public Optional<Integer> stock(String product) {
        return Optional.empty();
    }

    @Action
    void forget() {}

    /** What is sold. */
    public record Product(String id, int cents) {}

    /**
     * Which products are wanted.
     *
     * @param most their highest price
     */
    public record Filter(Optional<Integer> most, boolean available) {}
}
