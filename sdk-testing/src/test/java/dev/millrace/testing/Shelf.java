package dev.millrace.testing;

import dev.millrace.Action;
import dev.millrace.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A catalogue of tools. */
class Shelf {
    record Book(String title, int year) {}

    final List<String> done = new ArrayList<>();
    /** How often the next searches fail. */
    int failures;

    /**
     * Finds books.
     *
     * @param query a few words
     * @param since the first year that counts
     */
    @Action(retries = 2)
    List<Book> search(String query, int since, StepContext context) {
        done.add("search " + query + " in attempt " + context.attempt());
        if (failures > 0) {
            failures--;
            throw new IllegalStateException("the shelf is locked");
        }
        return List.of(new Book(query, since));
    }

    /** Borrows a book, if it is there. */
    @Action
    Optional<String> borrow(Book book) {
        done.add("borrow " + book.title());
        return book.year() > 2000 ? Optional.of("borrowed until May") : Optional.empty();
    }

    /** Never works. */
    @Action
    void burn() {
        throw new UnsupportedOperationException("nobody burns books here");
    }
}
