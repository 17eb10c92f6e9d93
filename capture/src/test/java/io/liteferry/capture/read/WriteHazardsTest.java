package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.TableProgress.State;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What writes do that a log of changes misses, one hazard a test, as numbered in docs/understand/capture.md. Where a
 * mechanism answers it, the same writes are made without that mechanism too, and must come out wrong.
 */
class WriteHazardsTest {
    private static final String[] TWO_UNIQUE_ROWS = {
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT UNIQUE, v)", "INSERT INTO t VALUES (1, 'a', 0), (2, 'b', 0)"
    };

    @TempDir
    Path folder = Path.of("");

    private int made;

    @SuppressWarnings("NullAway.Init")
    private CapturedSource current;

    /** A mechanism taken away. */
    private interface Mutant {
        void apply(CapturedSource source) throws Exception;
    }

    private static final Mutant NO_CANDIDATES = s -> {
        s.dropTrigger("_liteferry_bi_t");
        s.dropTrigger("_liteferry_bu_t");
    };
    private static final Mutant ONLY_THE_NEW_KEY =
            s -> s.rewriteTrigger("_liteferry_au_t", sql -> sql.substring(0, sql.indexOf(";\n") + 2) + "END");

    @AfterEach
    void close() throws Exception {
        if (current != null) {
            current.close();
        }
    }

    private CapturedSource source(boolean verified) throws Exception {
        close();
        current = new CapturedSource(folder.resolve("s" + made++ + ".db"), verified);
        return current;
    }

    /** The writes come out right, and wrong without the mechanism. */
    private void onlyWith(Mutant mechanism, List<String> key, String columns, String[] schema, String... writes)
            throws Exception {
        assertThat(after(s -> {}, true, key, columns, schema, writes)).isEmpty();
        assertThat(after(mechanism, false, key, columns, schema, writes)).isNotEmpty();
    }

    private List<String> after(
            Mutant mutant, boolean verified, List<String> key, String columns, String[] schema, String... writes)
            throws Exception {
        CapturedSource s = source(verified);
        s.source.sql(schema).table("t", key, columns.split(","));
        s.capture();
        mutant.apply(s);
        List<String> differences = List.of();
        for (String write : writes) {
            differences = s.differences(write);
        }
        return differences;
    }

    @Test
    @DisplayName("S1: rows that REPLACE removes through a secondary unique index are deleted")
    void rowsThatReplaceRemovesAreDeleted() throws Exception {
        List<String> id = List.of("id");
        onlyWith(NO_CANDIDATES, id, "id,u,v", TWO_UNIQUE_ROWS, "REPLACE INTO t VALUES (3, 'a', 1)");
        onlyWith(NO_CANDIDATES, id, "id,u,v", TWO_UNIQUE_ROWS, "UPDATE OR REPLACE t SET u = 'a' WHERE id = 2");
        onlyWith(
                NO_CANDIDATES,
                id,
                "id,u",
                new String[] {
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE ON CONFLICT REPLACE)",
                    "INSERT INTO t VALUES (1, 5)"
                },
                "INSERT INTO t VALUES (2, 5)");
        onlyWith(
                NO_CANDIDATES,
                List.of("a", "b"),
                "a,b,u",
                new String[] {
                    "CREATE TABLE t(a, b, u UNIQUE, PRIMARY KEY(a, b)) WITHOUT ROWID", "INSERT INTO t VALUES (1, 1, 5)"
                },
                "REPLACE INTO t VALUES (2, 2, 5)");
    }

    @Test
    @DisplayName("S1: with recursive_triggers the removed rows are deleted as well")
    void rowsThatReplaceRemovesAreDeletedUnderRecursiveTriggers() throws Exception {
        String[] writes = {"PRAGMA recursive_triggers = ON", "REPLACE INTO t VALUES (3, 'a', 1)"};
        assertThat(after(s -> {}, true, List.of("id"), "id,u,v", TWO_UNIQUE_ROWS, writes))
                .isEmpty();
    }

    @Test
    @DisplayName("S2: displacement is seen through expression, partial, generated and collated unique indexes")
    void displacementIsSeenThroughEveryKindOfUniqueIndex() throws Exception {
        for (String index : List.of(
                "CREATE UNIQUE INDEX i ON t(lower(u))",
                "CREATE UNIQUE INDEX i ON t(u COLLATE NOCASE) WHERE live = 1",
                "CREATE UNIQUE INDEX i ON t(g)",
                "CREATE UNIQUE INDEX i ON t(u COLLATE NOCASE DESC, live)")) {
            onlyWith(
                    NO_CANDIDATES,
                    List.of("id"),
                    "id,u,live,g",
                    new String[] {
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT, live INT, g AS (upper(u)) STORED)",
                        index,
                        "INSERT INTO t VALUES (1, 'Ab', 1)"
                    },
                    "REPLACE INTO t VALUES (2, 'aB', 1)");
        }
    }

    @Test
    @DisplayName("S3: a NULL that REPLACE turns into the column's default displaces the row that has it")
    void aDefaultThatIsStoredForNullDisplaces() throws Exception {
        UnaryOperator<String> asWritten = sql -> sql.replaceAll("coalesce\\((NEW\\.\"u\"), 'x'\\)", "$1");
        onlyWith(
                s -> s.rewriteTrigger("_liteferry_bi_t", asWritten),
                List.of("id"),
                "id,u",
                new String[] {
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT NOT NULL DEFAULT 'x' UNIQUE)",
                    "INSERT INTO t VALUES (1, 'x')"
                },
                "REPLACE INTO t VALUES (2, NULL)");
    }

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
    @DisplayName("S5: the id of a row that has none yet reads -1 in a BEFORE trigger, and a row may have that id")
    void aRowWithTheIdMinusOneIsDisplacedLikeAnyOther() throws Exception {
        onlyWith(
                s -> s.rewriteTrigger(
                        "_liteferry_bi_t", sql -> sql.replace(";\nEND", " AND \"id\" <> NEW.\"id\";\nEND")),
                List.of("id"),
                "id,u",
                new String[] {"CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE)", "INSERT INTO t VALUES (-1, 'a')"},
                "REPLACE INTO t(u) VALUES ('a')");
    }

    @Test
    @DisplayName("S6: what the application's own triggers make of a row is what arrives")
    void theRowIsReadAfterAllTriggers() throws Exception {
        CapturedSource s = source(true);
        s.source
                .sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, v, touched DEFAULT 0)",
                        "INSERT INTO t(id, v) VALUES (1, 'x')",
                        "CREATE TABLE image(id, touched)")
                .table("t", List.of("id"), "id", "v", "touched");
        s.capture();
        s.source.sql(
                // The same moment as ours, but with the image instead of the key.
                "CREATE TRIGGER images AFTER UPDATE ON t BEGIN INSERT INTO image VALUES (NEW.id, NEW.touched); END",
                "CREATE TRIGGER touch AFTER UPDATE OF v ON t BEGIN UPDATE t SET touched = touched + 1 WHERE id = NEW.id; END",
                "CREATE TRIGGER drop7 AFTER INSERT ON t WHEN NEW.v = 7 BEGIN DELETE FROM t WHERE id = NEW.id; END");
        assertThat(s.differences("UPDATE t SET v = 'y'", "INSERT INTO t(id, v) VALUES (2, 7)"))
                .isEmpty();
        assertThat(s.number("SELECT touched FROM image ORDER BY rowid DESC LIMIT 1"))
                .as("the last image of a log of images")
                .isNotEqualTo(s.number("SELECT touched FROM t WHERE id = 1"));
    }

    @Test
    @DisplayName(
            "S7: a table whose newer trigger can silence ours is suspended until ours are the newest, and then read again")
    void aTriggerThatCouldSilenceOursSuspendsTheTableUntilOursAreTheNewest() throws Exception {
        String silent = "CREATE TRIGGER quiet AFTER UPDATE ON t WHEN NEW.v = 7 BEGIN SELECT RAISE(IGNORE); END";
        String hidden = "UPDATE t SET v = 7 WHERE id = 1";
        assertThat(after(s -> {}, false, List.of("id"), "id,u,v", TWO_UNIQUE_ROWS, silent, hidden))
                .containsExactly("t stale " + current.replica().key(1L));
        assertThat(after(s -> {}, true, List.of("id"), "id,u,v", TWO_UNIQUE_ROWS))
                .isEmpty();
        current.source.sql(silent, hidden);
        current.replica().take(current.reader().next(0).orElseThrow());
        assertThat(current.progress("t").state()).isEqualTo(State.SUSPENDED);
        assertThat(current.progress("t").reason()).contains("RAISE(IGNORE)").contains("liteferry apply");
        assertThat(current.differences("UPDATE t SET v = 7 WHERE id = 2")).isEmpty();
        assertThat(current.progress("t").state()).isEqualTo(State.STREAMING);
    }

    @Test
    @DisplayName("S8: the conflict clause of the application's statement does not reach the log")
    void noConflictClauseReachesTheLog() throws Exception {
        onlyWith(
                s -> s.source.sql("CREATE UNIQUE INDEX once ON _liteferry_log(tbl, k0)"),
                List.of("id"),
                "id,u,v",
                TWO_UNIQUE_ROWS,
                "UPDATE OR IGNORE t SET v = 2 WHERE id = 1",
                "UPDATE OR IGNORE t SET v = 3 WHERE id = 1");
        assertThat(after(s -> {}, true, List.of("id"), "id,u,v", TWO_UNIQUE_ROWS))
                .isEmpty();
        current.source.sql("INSERT OR IGNORE INTO t VALUES (5, 'e', 1), (6, 'f', 1), (7, 'g', 1)");
        assertThat(current.number("SELECT count(*) FROM _liteferry_log WHERE op = 1"))
                .isEqualTo(3);
    }

    @Test
    @DisplayName("S9: what foreign keys do to children is captured, also where a REPLACE of the parent does it")
    void whatForeignKeysDoIsCaptured() throws Exception {
        String[] schema = {
            "PRAGMA foreign_keys = ON",
            "CREATE TABLE p(id INTEGER PRIMARY KEY, u UNIQUE)",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE)",
            "CREATE TABLE n(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE SET NULL)",
            "CREATE TABLE d(id INTEGER PRIMARY KEY, p DEFAULT 1 REFERENCES p ON DELETE SET DEFAULT)",
            "INSERT INTO p VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four')",
            "INSERT INTO t VALUES (1, 2), (2, 3), (3, 4)",
            "INSERT INTO n VALUES (1, 2), (2, 3)",
            "INSERT INTO d VALUES (1, 2), (2, 3)"
        };
        String[] writes = {
            "DELETE FROM p WHERE id = 2",
            "REPLACE INTO p VALUES (3, 'three again')",
            "UPDATE p SET id = 40 WHERE id = 4",
            "REPLACE INTO p VALUES (41, 'four')"
        };
        for (boolean whole : new boolean[] {true, false}) {
            CapturedSource s = source(whole);
            s.source
                    .sql(schema)
                    .table("p", List.of("id"), "id", "u")
                    .table("t", List.of("id"), "id", "p")
                    .table("n", List.of("id"), "id", "p")
                    .table("d", List.of("id"), "id", "p");
            s.capture();
            if (!whole) {
                s.dropTrigger("_liteferry_ad_t");
                s.dropTrigger("_liteferry_au_n");
            }
            List<String> wrong = s.differences(writes);
            assertThat(wrong.isEmpty()).as(wrong.toString()).isEqualTo(whole);
        }
    }

    @Test
    @DisplayName("S10: a DELETE without WHERE logs every row")
    void aDeleteWithoutWhereLogsEveryRow() throws Exception {
        onlyWith(s -> s.dropTrigger("_liteferry_ad_t"), List.of("id"), "id,u,v", TWO_UNIQUE_ROWS, "DELETE FROM t");
    }

    @Test
    @DisplayName("S11, S12: an UPSERT or UPDATE that moves keys, swaps them or adds one to each leaves nothing behind")
    void movedKeysLeaveNothingBehind() throws Exception {
        for (String write : List.of(
                "INSERT INTO t VALUES (1, 'c', 1) ON CONFLICT(id) DO UPDATE SET id = 77",
                "UPDATE t SET id = id + 10",
                "UPDATE t SET id = 3 - id + 100")) {
            onlyWith(ONLY_THE_NEW_KEY, List.of("id"), "id,u,v", TWO_UNIQUE_ROWS, write);
        }
    }

    @Test
    @DisplayName("S13: a key that is replaced by an equal one of other bytes is deleted under its old bytes")
    void equalKeysOfOtherBytesAreTwoKeys() throws Exception {
        List<String> k = List.of("k");
        String[] nocase = {"CREATE TABLE t(k TEXT COLLATE NOCASE PRIMARY KEY, v)", "INSERT INTO t VALUES ('Abc', 1)"};
        onlyWith(NO_CANDIDATES, k, "k,v", nocase, "REPLACE INTO t VALUES ('abc', 2)");
        Mutant equalIsSame = s -> s.rewriteTrigger(
                "_liteferry_au_t", sql -> sql.replace(" COLLATE BINARY", "").replaceAll(" OR typeof.*\n", ";\n"));
        onlyWith(equalIsSame, k, "k,v", nocase, "UPDATE t SET k = 'ABC'");
        String[] rtrim = {"CREATE TABLE t(k TEXT COLLATE RTRIM PRIMARY KEY, v)", "INSERT INTO t VALUES ('a', 1)"};
        onlyWith(NO_CANDIDATES, k, "k,v", rtrim, "REPLACE INTO t VALUES ('a  ', 2)");
        onlyWith(equalIsSame, k, "k,v", rtrim, "UPDATE t SET k = 'a '");
    }

    @Test
    @DisplayName("S13: 1, '1' and x'31' are three keys, 1 and 1.0 are one, and so are 0.0 and -0.0")
    void keysOfSeveralClassesStayApart() throws Exception {
        String[] schema = {
            "CREATE TABLE t(k PRIMARY KEY NOT NULL, v)", "INSERT INTO t VALUES (1, 0), ('1', 0), (x'31', 0), (0.0, 0)"
        };
        String[] writes = {
            "DELETE FROM t WHERE k = '1'",
            "UPDATE t SET k = -0.0 WHERE k = 0.0",
            "UPDATE t SET k = 1.0 WHERE k = 1",
            "UPDATE t SET v = 5 WHERE k = 0",
            "UPDATE t SET k = '0' WHERE k = 0"
        };
        onlyWith(ONLY_THE_NEW_KEY, List.of("k"), "k,v", schema, writes);
    }

    @Test
    @DisplayName("S16: an id that is given out again is the row that has it now")
    void anIdGivenOutAgainIsItsNewRow() throws Exception {
        String[] writes = {"DELETE FROM t WHERE id = 2", "INSERT INTO t(u, v) VALUES ('again', 9)"};
        assertThat(after(s -> {}, true, List.of("id"), "id,u,v", TWO_UNIQUE_ROWS, writes))
                .isEmpty();
        assertThat(current.number("SELECT id FROM t WHERE u = 'again'")).isEqualTo(2);
    }

    @Test
    @DisplayName("S17: generated columns arrive as the source computes them, also under a rename of what they read")
    void generatedColumnsArrive() throws Exception {
        CapturedSource s = source(true);
        s.source
                .sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, a, g AS (a * 2) VIRTUAL, h AS (a || '!') STORED)",
                        "INSERT INTO t VALUES (1, 3)")
                .table("t", List.of("id"), "id", "a", "g", "h");
        s.capture();
        assertThat(s.differences("UPDATE t SET a = 4", "INSERT INTO t VALUES (2, NULL)"))
                .isEmpty();
    }

    @Test
    @DisplayName("S18: the log keeps a key in the class it has, because its columns have no type")
    void theLogChangesNoKey() throws Exception {
        Mutant typed = s -> {
            s.source.sql(
                    "DROP TABLE IF EXISTS copy",
                    "CREATE TABLE copy AS SELECT * FROM _liteferry_log",
                    "PRAGMA legacy_alter_table = ON",
                    "DROP TABLE _liteferry_log",
                    "CREATE TABLE _liteferry_log(seq INTEGER PRIMARY KEY, tbl, op, r, k0 TEXT, k1, k2, k3)",
                    "INSERT INTO _liteferry_log SELECT * FROM copy");
        };
        onlyWith(
                typed,
                List.of("k"),
                "k,v",
                new String[] {"CREATE TABLE t(k PRIMARY KEY NOT NULL, v)", "INSERT INTO t VALUES (5, 0)"},
                "UPDATE t SET v = 1 WHERE k = 5");
    }

    @Test
    @DisplayName("S19: text that is none, NUL, infinities and numbers beyond 63 bits arrive as they are stored")
    void everyStorableValueArrives() throws Exception {
        String[] schema = {"CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER)"};
        String[] writes = {
            "INSERT INTO t VALUES (1, CAST(x'ff41' AS TEXT)), (2, CAST(x'610062' AS TEXT)), (3, 9e999), (4, -9e999),"
                    + " (5, 9223372036854775808), (6, 'text'), (7, x''), (8, ''), (9, 9e999 - 9e999),"
                    + " (10, CAST(x'eda080' AS TEXT)), (11, -0.0), (12, 9223372036854775807)"
        };
        assertThat(after(s -> {}, true, List.of("id"), "id,v", schema, writes)).isEmpty();
        try (Statement st = current.source.connection().createStatement();
                ResultSet rs = st.executeQuery("SELECT v FROM t WHERE id = 1")) {
            rs.next();
            assertThat(rs.getString(1)).as("what the driver makes of it").isEqualTo("\uFFFDA");
        }
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

    @Test
    @DisplayName("S25: the triggers work for an application that trusts no schema")
    void theTriggersNeedNoTrust() throws Exception {
        String[] writes = {
            "PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON", "REPLACE INTO t VALUES (3, 'a', 1)"
        };
        assertThat(after(s -> {}, true, List.of("id"), "id,u,v", TWO_UNIQUE_ROWS, writes))
                .isEmpty();
    }

    @Test
    @DisplayName("S19: halves of surrogate pairs in a UTF-16 database arrive with their bits, and are no valid UTF-8")
    void halvesOfSurrogatePairsArriveWithTheirBits() throws Exception {
        for (String encoding : List.of("UTF-16le", "UTF-16be")) {
            CapturedSource s = source(true);
            s.source
                    .sql(
                            "PRAGMA encoding = '" + encoding + "'",
                            "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
                            "INSERT INTO t VALUES (0, 'a\uD83D\uDE00é')")
                    .table("t", List.of("id"), "id", "v");
            s.capture();
            boolean little = encoding.endsWith("le");
            put(s, 1, little ? "3dd84100" : "d83d0041"); // a high half, then a letter that a careless decoder swallows
            put(s, 2, little ? "00de4100" : "de000041"); // a low half
            put(s, 3, little ? "3dd8" : "d83d"); // a high half at the end
            assertThat(s.differences()).isEmpty();
            assertThat(s.replica().value(0, 0, 1)).isEqualTo("61f09f9880c3a9");
            assertThat(s.replica().value(0, 1, 1)).isEqualTo("eda0bd41");
            assertThat(s.replica().value(0, 2, 1)).isEqualTo("edb88041");
            assertThat(s.replica().value(0, 3, 1)).isEqualTo("eda0bd");
        }
    }

    @Test
    @DisplayName("S19: such text as a key suspends its table, because no statement could find the row again")
    void halfASurrogatePairInAKeySuspendsTheTable() throws Exception {
        CapturedSource s = source(true);
        s.source
                .sql("PRAGMA encoding = 'UTF-16le'", "CREATE TABLE t(k TEXT PRIMARY KEY NOT NULL)")
                .table("t", List.of("k"), "k");
        s.capture();
        s.source.sql("INSERT INTO t VALUES (CAST(x'3dd84100' AS TEXT))");
        s.differences();
        assertThat(s.progress("t").state()).isEqualTo(State.SUSPENDED);
        assertThat(s.progress("t").reason()).contains("surrogate");
    }

    private static void put(CapturedSource s, int id, String bytes) throws Exception {
        try (PreparedStatement ps =
                s.source.connection().prepareStatement("INSERT INTO t VALUES (?, CAST(x'" + bytes + "' AS TEXT))")) {
            ps.setInt(1, id);
            ps.executeUpdate();
        }
    }
}
