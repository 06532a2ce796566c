package dev.millrace.cli.demo.orders;

import dev.millrace.cli.CliException;
import dev.millrace.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * The warehouse's own database: on a laptop it is in the embedded PostgreSQL of the control plane, beside the database of that and apart
 * from it.
 */
public final class WarehouseDatabase {
    private static final String NAME = "warehouse";
    private static final String USER = "millrace";
    private static final int LINE_OF_PORT = 3;

    private WarehouseDatabase() {}

    /**
     * Where it is, for the sample's worker; made if it is not there.
     *
     * @param directory the data of the control plane, which is up
     * @throws CliException if it cannot be made there
     */
    public static String in(Path directory) {
        try {
            var password =
                    Files.readString(directory.resolve("postgres.password")).strip();
            var port = Files.readAllLines(directory.resolve("postgres").resolve("postmaster.pid"))
                    .get(LINE_OF_PORT)
                    .strip();
            var server = "jdbc:postgresql://127.0.0.1:" + port + "/";
            var login = "?user=" + USER + "&password=" + password;
            make(server + "millrace" + login);
            return server + NAME + login;
        } catch (IOException | SQLException e) {
            throw new CliException(
                    ExitCode.ERROR, "The warehouse's database cannot be made in " + directory + ": " + e, e);
        }
    }

    private static void make(String url) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            boolean there;
            try (var row = statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + NAME + "'")) {
                there = row.next();
            }
            if (!there) {
                statement.execute("CREATE DATABASE " + NAME);
            }
        }
    }
}
