package dev.millrace.cli.system.batch;

import dev.millrace.Batch;
import dev.millrace.Delivery;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.List;
import java.util.stream.Collectors;

/** Pays several at once, and nobody twice. */
@Workflow("payouts")
public class Payouts {
    public record Payee(String id) {}

    public record Paid(String id, int together) {}

    private final Book book;

    Payouts(Book book) {
        this.book = book;
    }

    @Step(delivery = Delivery.AT_MOST_ONCE)
    @Batch(maxSize = 2, maxWait = "3s")
    List<Paid> pay(List<Payee> payee) throws Exception {
        book.note("pay " + payee.stream().map(Payee::id).sorted().collect(Collectors.joining(" ")));
        book.awaitLeave(payee.get(0).id());
        return payee.stream().map(each -> new Paid(each.id(), payee.size())).toList();
    }
}
