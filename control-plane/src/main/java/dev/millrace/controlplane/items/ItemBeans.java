package dev.millrace.controlplane.items;

import dev.millrace.controlplane.tenancy.RequestDatabase;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import javax.sql.DataSource;

/** Makes what the room needs of others. */
@Factory
final class ItemBeans {
    /** Over connections of their own, so that streams take none from requests. */
    @Singleton
    ItemRows itemRows(@Named("streams") DataSource connections) {
        return new ItemRows(new RequestDatabase(connections));
    }
}
