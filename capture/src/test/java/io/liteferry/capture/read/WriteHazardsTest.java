package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What statements and transactions do that a log of changes misses, one hazard a test, as numbered in docs/understand/capture.md. */
class WriteHazardsTest extends WithAndWithout {
    @Test
    @DisplayName("S4: an entry of a statement that did nothing says only: look at this key")
    void anEntryIsNoEvent() throws Exception {
        CapturedSource s = source(true);
        s.source.sql(TWO_UNIQUE_ROWS).table("t", List.of("id"), "id", "u", "v");
        s.capture();
        assertThat(s.differences(
                        "INSERT OR IGNORE INTO t VALUES (3, 'a', 1)",
                        "INSERT INTO t VALUES (4, 'b', 1) ON CONFLICT DO NOTHING"))
                .isEmpty();
        assertThat(s.number("SELECT count(*) FROM _liteferry_log WHERE op = 4 AND k0 IN (SELECT id FROM t)"))
                .as("rows that a log read as history would have deleted")
                .isEqualTo(2);
    }

    @Test
    @DisplayName("S10: a DELETE without WHERE logs every row")
    void aDeleteWithoutWhereLogsEveryRow() throws Exception {
        onlyWith(s -> s.dropTrigger("_liteferry_bd_t"), List.of("id"), "id,u,v", TWO_UNIQUE_ROWS, "DELETE FROM t");
    }

    @Test
    @DisplayName("S20: last_insert_rowid, changes and RETURNING are what they are without capture")
    void theApplicationSeesItsOwnCounters() throws Exception {
        CapturedSource s = source(true);
        s.source.sql(TWO_UNIQUE_ROWS).table("t", List.of("id"), "id", "u", "v");
        s.capture();
        s.source.sql("INSERT INTO t(u) VALUES ('c')");
        assertThat(s.number("SELECT last_insert_rowid()")).isEqualTo(3);
        assertThat(s.number("SELECT changes()")).isEqualTo(1);
        s.source.sql("REPLACE INTO t VALUES (9, 'a', 1)");
        assertThat(s.number("SELECT changes()")).isEqualTo(1);
        assertThat(s.number("INSERT INTO t(u) VALUES ('d') RETURNING id")).isEqualTo(10);
        s.source.sql("UPDATE t SET v = 5 WHERE id > 2");
        assertThat(s.number("SELECT changes()")).isEqualTo(3);
    }

    @Test
    @DisplayName("S21: what is rolled back, to a savepoint or whole, is in neither the table nor the log")
    void whatIsRolledBackIsNotCaptured() throws Exception {
        CapturedSource s = source(true);
        s.source.sql(TWO_UNIQUE_ROWS).table("t", List.of("id"), "id", "u", "v");
        s.capture();
        long before = s.end().position().seq();
        s.source.sql("BEGIN", "DELETE FROM t", "SAVEPOINT a", "INSERT INTO t VALUES (5, 'e', 1)");
        assertThat(s.differences()).as("uncommitted work is not seen").isNotEmpty();
        assertThat(s.end().position().seq()).isEqualTo(before);
        assertThat(s.differences("ROLLBACK TO a", "INSERT INTO t VALUES (6, 'f', 1)", "COMMIT"))
                .isEmpty();
        long after = s.end().position().seq();
        assertThat(s.differences("BEGIN", "DELETE FROM t", "ROLLBACK")).isEmpty();
        assertThat(s.end().position().seq()).isEqualTo(after);
    }

    @Test
    @DisplayName(
            "S24: writes through a connection that has our file attached, across files, and beside a TEMP table of the log's name")
    void writesThroughAnAttachedFileAreCaptured() throws Exception {
        CapturedSource s = source(true);
        s.source.sql(TWO_UNIQUE_ROWS).table("t", List.of("id"), "id", "u", "v");
        s.capture();
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("other.db"));
                Statement st = other.createStatement()) {
            st.execute("ATTACH "
                    + io.liteferry.core.sqlite.Sql.text(s.source.path().toString()) + " AS app");
            st.execute("CREATE TEMP TABLE _liteferry_log(seq, tbl, op, r, k0)");
            st.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, u, v)");
            st.execute("BEGIN");
            st.execute("INSERT INTO t VALUES (1, 'here', 0)");
            st.execute("INSERT INTO app.t VALUES (8, 'there', 0)");
            st.execute("UPDATE app.t SET v = 5 WHERE id = 1");
            st.execute("COMMIT");
            assertThat(s.differences()).isEmpty();
            try (ResultSet rs = st.executeQuery("SELECT count(*) FROM temp._liteferry_log")) {
                assertThat(rs.getLong(1)).isZero();
            }
        }
        assertThat(s.number("SELECT count(*) FROM t WHERE v = 5 OR id = 8")).isEqualTo(2);
    }
}
