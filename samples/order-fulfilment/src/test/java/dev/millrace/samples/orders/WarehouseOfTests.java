package dev.millrace.samples.orders;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The warehouse's database of all tests of this process, which goes with it. */
final class WarehouseOfTests {
    private static final DataSource DATABASE = started();
    private static final Stock STOCK = new Stock(DATABASE);

    private WarehouseOfTests() {}

    private static DataSource started() {
        try {
            return EmbeddedPostgres.builder().start().getPostgresDatabase();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static DataSource database() {
        return DATABASE;
    }

    static Stock stock() {
        return STOCK;
    }

    static void clear() {
        try (var connection = DATABASE.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("TRUNCATE reservation, set_aside; DROP TABLE IF EXISTS millrace_completion");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many reservations there are for an order. */
    static int reservations(String order) {
        try (var connection = DATABASE.getConnection();
                var query = connection.prepareStatement("SELECT count(*) FROM reservation WHERE order_id = ?")) {
            query.setString(1, order);
            try (var row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
