package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.options.Options;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Target tables that the application's own migrations have made, and alter. */
class OwnMigrationTest {
    private final String target = SharedServers.newDatabase();

    @TempDir
    Path folder = Path.of("");

    private CapturedSource captured() throws Exception {
        inTarget("CREATE TABLE t(id text PRIMARY KEY, v text)");
        CapturedSource s = new CapturedSource(folder.resolve("app.db"));
        s.source
                .option(Options.CONNECTION_URL, target)
                .sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')")
                .table("t", List.of("id"), "id", "v")
                .existing();
        return s.capture();
    }

    private void inTarget(String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(target);
                Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    private static List<String> followed(CapturedSource s) {
        return Objects.requireNonNull(s.end().evolution().get("t")).changes().stream()
                .map(ColumnChange::text)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "ADD COLUMN flag bool, ADD COLUMN flag boolean NOT NULL DEFAULT false, ADD COLUMN flag boolean",
        "ADD COLUMN n varchar(9) DEFAULT 'x', ADD COLUMN n text, ADD COLUMN n text",
        "RENAME COLUMN v TO w, RENAME COLUMN v TO w, RENAME COLUMN v TO w",
        "DROP COLUMN v, DROP COLUMN v, DROP COLUMN v"
    })
    void whereItWasRunOnTheTargetBeforeTheTableIsNeverSuspended(String there, String here, String text)
            throws Exception {
        try (CapturedSource s = captured()) {
            inTarget("ALTER TABLE t " + here);
            s.source.sql("ALTER TABLE t " + there);
            for (var slice = s.reader().next(0);
                    slice.isPresent();
                    slice = s.reader().next(0)) {
                s.replica().take(slice.get());
                assertThat(s.progress("t").state()).isNotEqualTo(State.SUSPENDED);
            }
            assertThat(s.differences("DELETE FROM t WHERE id = 2")).isEmpty();
            assertThat(s.progress("t").state()).isEqualTo(State.STREAMING);
            assertThat(followed(s)).containsExactly(text);
        }
    }

    @Test
    void whereItIsRunOnTheTargetLaterTheTableWaitsWithTheStatementAndGoesOnByItself() throws Exception {
        try (CapturedSource s = captured()) {
            s.differences("ALTER TABLE t ADD COLUMN flag bool", "UPDATE t SET v = 'c', flag = 1");
            assertThat(s.progress("t").state()).isEqualTo(State.SUSPENDED);
            assertThat(s.progress("t").reason())
                    .contains("ALTER TABLE \"t\" ADD COLUMN \"flag\" boolean")
                    .contains("goes on by itself");
            inTarget("ALTER TABLE t ADD COLUMN flag boolean");
            await().untilAsserted(() -> {
                assertThat(s.differences()).isEmpty();
                assertThat(s.progress("t").state()).isEqualTo(State.STREAMING);
            });
            assertThat(followed(s)).containsExactly("ADD COLUMN flag boolean");
        }
    }
}
