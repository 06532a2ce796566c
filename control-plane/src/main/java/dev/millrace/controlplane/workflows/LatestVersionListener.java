package dev.millrace.controlplane.workflows;

import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.Manifest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** Keeps rows of its own for what the latest version of each workflow says. Called on threads that may block. */
public interface LatestVersionListener {

    /** A new version has become the latest, in the transaction of this connection; rows that follow from it belong into the same. */
    void becameLatest(Connection connection, Principal by, Manifest manifest, Instant now) throws SQLException;

    /** That transaction is committed. */
    void committed(TenantId tenant, Manifest manifest);
}
