package dev.millrace.controlplane.limits;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.limits.SettingRows.LimitKind;
import dev.millrace.controlplane.limits.SettingRows.LimitSetting;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;

/** Refuses a burst that is below what a step always takes at once: it could never run again. Stateless. */
@Singleton
final class FixedCosts {

    /**
     * Asks the newest versions of all workflows of the tenant.
     *
     * @throws ApiException with {@link ErrorCode#FIELD_INVALID}
     */
    void requireRoom(Connection connection, Principal by, LimitSetting setting) throws SQLException {
        if (setting.kind() != LimitKind.RATE) {
            return;
        }
        try (var statement = connection.prepareStatement("""
                /* limit.costs */
                SELECT v.manifest FROM core.workflow w
                JOIN core.version v ON v.tenant_id = w.tenant_id AND v.workflow = w.name AND v.hash = w.latest_version
                WHERE w.tenant_id = ? AND position('"' || ? || '"' IN convert_from(v.manifest, 'UTF8')) > 0""")) {
            statement.setObject(1, by.tenant().value());
            statement.setString(2, setting.name());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    requireRoom(ManifestJson.read(rows.getBytes(1)), setting);
                }
            }
        }
    }

    private static void requireRoom(Manifest manifest, LimitSetting setting) {
        for (var step : manifest.steps()) {
            for (var use : step.rateLimits()) {
                if (use.name().equals(setting.name())
                        && use.costExpression().isEmpty()
                        && use.cost() > setting.burst()) {
                    throw new ApiException(
                            ErrorCode.FIELD_INVALID,
                            "Step '" + step.name() + "' of workflow '" + manifest.workflow() + "' takes " + use.cost()
                                    + " tokens of '" + setting.name() + "' at once; with a burst of " + setting.burst()
                                    + " it could never run. Set a burst of at least " + use.cost() + ".",
                            "$.burst");
                }
            }
        }
    }
}
