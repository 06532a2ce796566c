package dev.millrace.langchain4j;

import dev.millrace.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A catalogue of tools with every kind of type. */
class Shop {
    enum Size {
        SMALL,
        LARGE
    }

    /**
     * Which products are wanted.
     *
     * @param most their highest price
     * @param near products that are like them
     */
    record Filter(Optional<Double> most, boolean available, List<Size> sizes, List<Filter> near) {}

    final List<String> asked = new ArrayList<>();

    /**
     * Finds products.
     *
     * @param query a few words
     */
    @Action(retries = 1)
    List<String> search(String query, Filter filter) {
        asked.add(query);
        return List.of(query + " 1", query + " 2");
    }

    /** How many are there. */
    @Action
    int stock(String product) {
        asked.add(product);
        return product.length();
    }
}
