package dev.millrace.testing;

import dev.millrace.Backoff;
import dev.millrace.Compensate;
import dev.millrace.Delivery;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A workflow that books a room in a database of its own, exactly once, and writes a letter about it. */
@Workflow(timeout = "10d")
class Booking {
    /** What somebody wants. */
    record Wish(String guest, int nights) {}

    /** A row of the table. */
    record Booked(long number, String guest) {}

    /** What happens while the method runs, beside what it does itself. */
    interface Meanwhile {
        void happens(int attempt, Connection connection) throws SQLException;
    }

    final List<Booked> undone = new ArrayList<>();
    private final Meanwhile meanwhile;

    Booking(Meanwhile meanwhile) {
        this.meanwhile = meanwhile;
    }

    @Step(
            delivery = Delivery.TRANSACTIONAL,
            timeout = "30s",
            queueTimeout = "1h",
            retries = 1,
            backoff = @Backoff(initial = "1s"))
    Booked book(Wish wish, Connection connection, StepContext context) throws SQLException {
        try (var insert = connection.prepareStatement("INSERT INTO booking (guest) VALUES (?) RETURNING number")) {
            insert.setString(1, wish.guest());
            try (var row = insert.executeQuery()) {
                row.next();
                var booked = new Booked(row.getLong(1), wish.guest());
                meanwhile.happens(context.attempt(), connection);
                return booked;
            }
        }
    }

    @Step(after = "book")
    int clean(Wish wish) {
        return wish.nights();
    }

    @Step
    String write(Booked booked) {
        return "Dear " + booked.guest() + ", your booking is number " + booked.number() + ".";
    }

    @Compensate
    void undo(Booked booked) {
        undone.add(booked);
    }
}
