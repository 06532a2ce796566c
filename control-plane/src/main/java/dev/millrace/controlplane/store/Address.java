package dev.millrace.controlplane.store;

import dev.millrace.controlplane.settings.Settings.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database and who connects to it.
 *
 * @param url as JDBC writes it
 */
record Address(String url, String user, Secret password) {

    /** Makes connections of one kind; connecting is bounded in time. */
    PGSimpleDataSource source(Session session) {
        var source = plain();
        source.setApplicationName(session.applicationName());
        source.setOptions(session.options());
        source.setSocketTimeout(session.socketSeconds());
        // Prepared on the server from the first use on: the engine repeats a handful of statements for ever.
        source.setPrepareThreshold(1);
        // Arrays of uuids, of instants and of bytes (these are the numbers of their types), which the driver would send
        // as text.
        source.setBinaryTransferEnable("2951,1185,1001");
        return source;
    }

    /** Makes connections with the server's own settings, for the checks and the migrations. */
    PGSimpleDataSource plain() {
        var source = new PGSimpleDataSource();
        source.setURL(url);
        source.setUser(user);
        source.setPassword(password.value());
        source.setApplicationName("millrace");
        source.setConnectTimeout(5);
        source.setLoginTimeout(10);
        source.setTcpKeepAlive(true);
        return source;
    }

    Connection connect(Session session) throws SQLException {
        return source(session).getConnection();
    }
}
