package dev.millrace.controlplane.errors;

import java.sql.SQLException;

/** The database refused a statement of a request, or could not be asked. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String sqlState;

    public DatabaseException(SQLException cause) {
        super("The database answered " + cause.getSQLState() + ": " + cause.getMessage(), cause);
        this.sqlState = cause.getSQLState() == null ? "" : cause.getSQLState();
    }

    /** Whether a row of this key was there already. */
    public boolean isUniqueViolation() {
        return sqlState.equals("23505");
    }

    /** Whether the database could not be asked, as opposed to refusing what was asked. */
    public boolean isUnavailable() {
        return sqlState.isEmpty()
                || sqlState.startsWith("08")
                || sqlState.startsWith("53")
                || sqlState.startsWith("57");
    }
}
