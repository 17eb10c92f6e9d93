package io.liteferry.connect;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.embedded.SharedServers;
import io.liteferry.sink.schema.TargetInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A database with a migration's tables, which keeps a history of the applied position. */
final class Target implements AutoCloseable {
    final String url = SharedServers.newDatabase();
    private final Connection connection;

    Target(Plan plan) throws SQLException {
        for (Plan each : plan.withOptions(plan.options().with(Options.CONNECTION_URL, url))
                .perSource()) {
            new TargetInstaller(each).install();
        }
        connection = DriverManager.getConnection(url);
        try (Statement s = connection.createStatement()) {
            s.execute("""
                    CREATE TABLE history (n serial, source text, generation bigint, epoch bigint, batch bigint);
                    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                      IF (NEW.epoch, NEW.batch) IS DISTINCT FROM (OLD.epoch, OLD.batch) THEN
                        INSERT INTO history (source, generation, epoch, batch)
                        VALUES (NEW.source, NEW.generation, NEW.epoch, NEW.batch);
                      END IF; RETURN NEW; END $$;
                    CREATE TRIGGER note AFTER UPDATE ON liteferry.applied FOR EACH ROW EXECUTE FUNCTION note()""");
        }
    }

    /** The items, as {@link Shop#rows} gives them. */
    List<List<String>> items(String schema) throws SQLException {
        return JdbcSink.rows(connection, schema + ".items");
    }

    /** Values of the first column. */
    List<String> values(String sql) throws SQLException {
        try (Statement s = connection.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (r.next()) {
                values.add(r.getString(1));
            }
            return values;
        }
    }

    /** Steps of the applied position that were none forward. */
    List<String> stepsBack() throws SQLException {
        return values("""
                SELECT format('%s: %s/%s then %s/%s', source, before_epoch, before_batch, epoch, batch) FROM (
                  SELECT source, epoch, batch, lag(epoch) OVER w AS before_epoch, lag(batch) OVER w AS before_batch
                  FROM history WINDOW w AS (PARTITION BY source ORDER BY n)) steps
                WHERE (epoch, batch) <= (before_epoch, before_batch)""");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
