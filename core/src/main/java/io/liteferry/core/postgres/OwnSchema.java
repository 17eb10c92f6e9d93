package io.liteferry.core.postgres;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The schema {@code liteferry} in the target: made and migrated here, on a direct connection, never through pgbouncer. */
public final class OwnSchema {
    public static final String NAME = "liteferry";

    private OwnSchema() {}

    /** Brings the schema to this program's version; does nothing where it is already there. */
    public static void migrate(PgConnections connections) {
        connections.demandDirect("Making schema " + NAME);
        try {
            Flyway.configure()
                    .dataSource(connections.url(), connections.username(), connections.password())
                    .schemas(NAME)
                    .defaultSchema(NAME)
                    .createSchemas(true)
                    .table("schema_history")
                    .locations("classpath:io/liteferry/core/postgres/migration")
                    .connectRetries(3)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new LiteferryException(
                    ErrorCode.TARGET_REFUSED,
                    "Making schema " + NAME + ": " + e.getMessage()
                            + ". The role needs CREATE on the database, or a schema " + NAME + " of its own.",
                    e);
        }
    }
}
