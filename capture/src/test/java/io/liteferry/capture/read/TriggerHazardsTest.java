package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.change.TableProgress.State;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the application's triggers and foreign keys do beside ours, one hazard a test, as numbered in docs/understand/capture.md. */
class TriggerHazardsTest extends WithAndWithout {
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
    @DisplayName("S7: a newer trigger that ends a row and keeps it hides no update and no delete from ours")
    void updatesAndDeletesAreLoggedBeforeAnyTriggerCanEndThem() throws Exception {
        for (String place : List.of("t", "main.t")) {
            for (String end : List.of("RAISE(IGNORE)", "RAISE(FAIL, 'kept')")) {
                String temp = place.equals("t") ? "" : "TEMP ";
                Mutant afterwards = s -> {
                    for (String event : List.of("UPDATE", "DELETE")) {
                        s.rewriteTrigger(
                                "_liteferry_b" + event.substring(0, 1).toLowerCase(Locale.ROOT) + "_t",
                                sql -> sql.replace("BEFORE", "AFTER"));
                    }
                    s.source.sql(newer(temp, place, end));
                };
                for (Mutant mutant : List.<Mutant>of(s -> s.source.sql(newer(temp, place, end)), afterwards)) {
                    CapturedSource s = source(mutant != afterwards);
                    s.source.sql(TWO_UNIQUE_ROWS).table("t", List.of("id"), "id", "u", "v");
                    s.capture();
                    mutant.apply(s);
                    s.attempt("UPDATE t SET v = 7 WHERE id = 1");
                    s.attempt("DELETE FROM t WHERE id = 2");
                    assertThat(s.number("SELECT count(*) FROM t WHERE v = 7")).isEqualTo(1);
                    assertThat(s.number("SELECT count(*) FROM t")).isEqualTo(1);
                    assertThat(s.differences()).hasSize(mutant == afterwards ? 2 : 0);
                }
            }
        }
    }

    private static String[] newer(String temp, String table, String end) {
        return new String[] {
            "CREATE " + temp + "TRIGGER quiet_u AFTER UPDATE ON " + table + " BEGIN SELECT " + end + "; END",
            "CREATE " + temp + "TRIGGER quiet_d AFTER DELETE ON " + table + " BEGIN SELECT " + end + "; END"
        };
    }

    @Test
    @DisplayName(
            "S7: a table whose newer trigger can hide an insert is suspended until ours is the newest, and then read again")
    void aTriggerThatCouldHideAnInsertSuspendsTheTable() throws Exception {
        for (String end :
                List.of("SELECT RAISE(IGNORE)", "SELECT RAISE(FAIL, 'kept')", "INSERT OR FAIL INTO once VALUES (1)")) {
            String[] schema = {
                "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                "CREATE TABLE once(u UNIQUE)",
                "INSERT INTO once VALUES (1)"
            };
            String silent = "CREATE TRIGGER \"a b\" AFTER INSERT ON t WHEN NEW.v = 7 BEGIN " + end + "; END";
            for (boolean verified : new boolean[] {false, true}) {
                CapturedSource s = source(verified);
                s.source.sql(schema).table("t", List.of("id"), "id", "v");
                s.capture();
                s.source.sql(silent);
                s.attempt("INSERT INTO t VALUES (1, 7)");
                assertThat(s.number("SELECT count(*) FROM t")).isEqualTo(1);
                if (!verified) {
                    assertThat(s.differences()).hasSize(1);
                }
            }
            current.replica().take(current.reader().next(0).orElseThrow());
            assertThat(current.progress("t").state()).isEqualTo(State.SUSPENDED);
            assertThat(current.progress("t").reason()).contains("RAISE(IGNORE)").contains("liteferry apply");
            assertThat(current.differences()).isEmpty();
            current.attempt("INSERT INTO t VALUES (2, 7)");
            assertThat(current.number("SELECT count(*) FROM t")).isEqualTo(2);
            assertThat(current.differences()).isEmpty();
            assertThat(current.progress("t").state()).isEqualTo(State.STREAMING);
        }
    }

    @Test
    @DisplayName("S9: a parent's change that ends in a child's trigger with FAIL, and stays, is captured")
    void aCascadeThatIsCutOffIsCaptured() throws Exception {
        String[] schema = {
            "PRAGMA foreign_keys = ON",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
            "CREATE TABLE child(p REFERENCES t ON DELETE CASCADE ON UPDATE CASCADE)",
            "CREATE TRIGGER kept_d AFTER DELETE ON child BEGIN SELECT RAISE(FAIL, 'kept'); END",
            "CREATE TRIGGER kept_u AFTER UPDATE ON child BEGIN SELECT RAISE(FAIL, 'kept'); END",
            "INSERT INTO t VALUES (1, 'a')",
            "INSERT INTO child VALUES (1)"
        };
        Map<String, Mutant> mechanisms = Map.of(
                "DELETE FROM t",
                s -> s.rewriteTrigger("_liteferry_bd_t", sql -> sql.replace("BEFORE", "AFTER")),
                "UPDATE t SET id = 9",
                s -> s.rewriteTrigger("_liteferry_bu_t", sql -> sql.replace("BEFORE", "AFTER")),
                "REPLACE INTO t VALUES (1, 'b')",
                s -> s.dropTrigger("_liteferry_bi_t"));
        for (Map.Entry<String, Mutant> e : mechanisms.entrySet()) {
            for (boolean whole : new boolean[] {true, false}) {
                CapturedSource s = source(whole);
                s.source.sql(schema).table("t", List.of("id"), "id", "v");
                s.capture();
                if (!whole) {
                    e.getValue().apply(s);
                }
                assertThatThrownBy(() -> s.source.sql(e.getKey())).hasMessageContaining("kept");
                assertThat(s.number("SELECT count(*) FROM t WHERE id = 1")).isZero();
                List<String> wrong = s.differences();
                assertThat(wrong.isEmpty()).as(e.getKey() + wrong).isEqualTo(whole);
            }
        }
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
                s.dropTrigger("_liteferry_bd_t");
                s.dropTrigger("_liteferry_bu_n");
            }
            List<String> wrong = s.differences(writes);
            assertThat(wrong.isEmpty()).as(wrong.toString()).isEqualTo(whole);
        }
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
}
