package dev.millrace.cli.system.batch;

import dev.millrace.Backoff;
import dev.millrace.Batch;
import dev.millrace.BatchFailure;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;

/** Writes entries to a book, several at once. */
@Workflow("postings")
public class Postings {
    public record Entry(String ledger, String id) {}

    public record Posted(String id, int together) {}

    private final Book book;

    Postings(Book book) {
        this.book = book;
    }

    @Step(retries = 2, backoff = @Backoff(initial = "100ms"))
    @Batch(maxSize = 3, maxWait = "3s", key = "entry.ledger")
    List<Posted> post(List<Entry> entry) throws Exception {
        book.note("post " + entry.stream().map(Entry::id).sorted().collect(Collectors.joining(" ")));
        book.awaitLeave(entry.get(0).id());
        var posted = new ArrayList<Posted>();
        var failures = new HashMap<Integer, Throwable>();
        for (int i = 0; i < entry.size(); i++) {
            posted.add(new Posted(entry.get(i).id(), entry.size()));
            if (entry.get(i).id().startsWith("twice")
                    && book.isFirst(entry.get(i).id())) {
                failures.put(
                        i,
                        new IllegalStateException(
                                "the book is shut for " + entry.get(i).id()));
            }
        }
        if (!failures.isEmpty()) {
            throw new BatchFailure(posted, failures);
        }
        return posted;
    }
}
