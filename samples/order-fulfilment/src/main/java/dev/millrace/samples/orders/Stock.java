package dev.millrace.samples.orders;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import javax.sql.DataSource;

/** The tables of the warehouse: how many of each article are set aside, and for whom. Safe for use by many threads. */
public final class Stock {
    private final DataSource database;

    /** That of a database, whose tables are made if they are not there. */
    public Stock(DataSource database) {
        this.database = database;
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS set_aside (
                      sku    text   PRIMARY KEY,
                      pieces bigint NOT NULL);
                    CREATE TABLE IF NOT EXISTS reservation (
                      id       text PRIMARY KEY,
                      order_id text NOT NULL,
                      sku      text[] NOT NULL,
                      pieces   int[]  NOT NULL)""");
        } catch (SQLException e) {
            throw new IllegalStateException("The tables of the warehouse cannot be made.", e);
        }
    }

    /** Sets goods aside, in the transaction of that connection. */
    public void setAside(Connection connection, String id, Order order) throws SQLException {
        // Always in the same order, so that two orders of the same articles wait for each other and never in a circle.
        var items =
                order.items().stream().sorted(Comparator.comparing(Item::sku)).toList();
        var skus = items.stream().map(Item::sku).toArray();
        var pieces = items.stream().map(Item::quantity).toArray();
        try (var reservation = connection.prepareStatement(
                        "INSERT INTO reservation (id, order_id, sku, pieces) VALUES (?, ?, ?, ?)");
                var article = connection.prepareStatement("""
                        INSERT INTO set_aside AS a (sku, pieces) VALUES (?, ?)
                        ON CONFLICT (sku) DO UPDATE SET pieces = a.pieces + excluded.pieces""")) {
            reservation.setString(1, id);
            reservation.setString(2, order.id());
            reservation.setArray(3, connection.createArrayOf("text", skus));
            reservation.setArray(4, connection.createArrayOf("int", pieces));
            reservation.executeUpdate();
            for (var item : items) {
                article.setString(1, item.sku());
                article.setLong(2, item.quantity());
                article.executeUpdate();
            }
        }
    }

    /** Puts the goods of a reservation back, if there is one. */
    public void putBack(String id) {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement("""
                        WITH gone AS (DELETE FROM reservation WHERE id = ? RETURNING sku, pieces)
                        UPDATE set_aside AS a SET pieces = a.pieces - back.pieces
                        FROM (SELECT item.sku, sum(item.pieces) AS pieces
                              FROM gone, unnest(gone.sku, gone.pieces) AS item (sku, pieces) GROUP BY item.sku) AS back
                        WHERE a.sku = back.sku""")) {
            statement.setString(1, id);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new ServiceBusyException("The warehouse cannot put " + id + " back: " + e.getMessage());
        }
    }

    /** How many of these reservations there are. */
    public int count(Collection<String> ids) {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement("SELECT count(*) FROM reservation WHERE id = ANY (?)")) {
            statement.setArray(1, connection.createArrayOf("text", ids.toArray()));
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        } catch (SQLException e) {
            throw new ServiceBusyException("The warehouse cannot be asked: " + e.getMessage());
        }
    }
}
