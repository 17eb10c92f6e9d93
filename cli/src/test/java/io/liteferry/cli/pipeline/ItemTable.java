package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.change.TableProgress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A large table of items, and a small one that can be written beside it. */
final class ItemTable {
    private ItemTable() {}

    static void make(Path source, long rows) throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            s.execute(
                    "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, note TEXT, version INTEGER NOT NULL)");
            s.execute("CREATE TABLE beat(id INTEGER PRIMARY KEY, at INTEGER)");
            s.execute("INSERT INTO item WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                    + rows + ") SELECT i, 'item ' || i, i / 7.0, hex(randomblob(40)), 0 FROM n");
        }
    }

    static void awaitLoaded(MigrationFixture bulk, long rows, List<Process> services, Duration atMost)
            throws Exception {
        try (MigrationState state = new MigrationState(bulk.plan())) {
            Awaitility.await()
                    .atMost(atMost)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        assertThat(services).as(bulk.processLog()).allMatch(Process::isAlive);
                        return state.applied()
                                .map(a -> a.tables().get("item"))
                                .filter(t -> t.state() == TableProgress.State.STREAMING && t.rows() == rows)
                                .isPresent();
                    });
        }
    }
}
