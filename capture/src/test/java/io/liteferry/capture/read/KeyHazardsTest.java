package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Operation;
import io.liteferry.core.change.TableProgress.State;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Keys that move, are equal and not the same, or come back, one hazard a test, as numbered in docs/understand/capture.md. */
class KeyHazardsTest extends WithAndWithout {
    @Test
    @DisplayName("S11, S12: an UPSERT or UPDATE that moves keys, swaps them or adds one to each leaves nothing behind")
    void movedKeysLeaveNothingBehind() throws Exception {
        for (String write : List.of(
                "INSERT INTO t VALUES (1, 'c', 1) ON CONFLICT(id) DO UPDATE SET id = 77",
                "UPDATE t SET id = id + 10",
                "UPDATE t SET id = 3 - id + 100")) {
            onlyWith(ONLY_THE_OLD_KEY, List.of("id"), "id,u,v", TWO_UNIQUE_ROWS, write);
        }
    }

    @Test
    @DisplayName(
            "S11: a key that a default, or a trigger of the application, makes another one during the update is logged")
    void aKeyThatIsOnlyKnownAfterTheUpdateIsLogged() throws Exception {
        Mutant onlyBefore = s -> s.dropTrigger("_liteferry_au_t");
        onlyWith(
                onlyBefore,
                List.of("k"),
                "k,v",
                new String[] {"CREATE TABLE t(k TEXT NOT NULL DEFAULT 'x' UNIQUE, v)", "INSERT INTO t VALUES ('a', 1)"},
                "UPDATE OR REPLACE t SET k = NULL");
        onlyWith(
                onlyBefore,
                List.of("a", "b"),
                "a,b",
                new String[] {
                    "CREATE TABLE t(a NOT NULL, b NOT NULL, PRIMARY KEY(a, b))",
                    "CREATE TRIGGER half BEFORE UPDATE OF a ON t BEGIN UPDATE t SET b = 2 WHERE a = OLD.a; END",
                    "INSERT INTO t VALUES (0, 0)"
                },
                "UPDATE t SET a = 1");
    }

    @Test
    @DisplayName("S13: a key that is replaced by an equal one of other bytes is deleted under its old bytes")
    void equalKeysOfOtherBytesAreTwoKeys() throws Exception {
        List<String> k = List.of("k");
        String[] nocase = {"CREATE TABLE t(k TEXT COLLATE NOCASE PRIMARY KEY, v)", "INSERT INTO t VALUES ('Abc', 1)"};
        onlyWith(NO_CANDIDATES, k, "k,v", nocase, "REPLACE INTO t VALUES ('abc', 2)");
        Mutant equalIsSame = s -> {
            for (String trigger : List.of("_liteferry_bu_t", "_liteferry_au_t")) {
                s.rewriteTrigger(trigger, sql -> sql.replaceAll(" COLLATE BINARY OR typeof[^<]*<> typeof[^)]*\\)", ""));
            }
        };
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
        onlyWith(ONLY_THE_OLD_KEY, List.of("k"), "k,v", schema, writes);
    }

    @Test
    @DisplayName("S13: a key that goes from 1 to 1.0 is one key: nothing says that a row of the target's is gone")
    void aKeyThatOnlyChangesItsClassIsOneRecord() throws Exception {
        CapturedSource s = source(true);
        s.source
                .sql("CREATE TABLE t(k PRIMARY KEY NOT NULL, v)", "INSERT INTO t VALUES (1, 0)")
                .table("t", List.of("k"), "k", "v");
        s.capture();
        s.source.sql("UPDATE t SET k = 1.0");
        assertThat(s.reader().next(0).orElseThrow().records())
                .singleElement()
                .satisfies(r -> assertThat(r.operation()).isEqualTo(Operation.UPDATE));
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
    @DisplayName("S4, S14: a NULL that an update would put into a key, and does not, suspends nothing")
    void aNullThatIsRefusedIsNotLookedAt() throws Exception {
        String[] schema = {"CREATE TABLE t(k INTEGER NOT NULL UNIQUE, v)", "INSERT INTO t VALUES (1, 0)"};
        String[] writes = {"UPDATE OR IGNORE t SET k = NULL", "UPDATE t SET k = 2"};
        assertThat(after(s -> {}, true, List.of("k"), "k,v", schema, writes)).isEmpty();
        assertThat(current.progress("t").state()).isEqualTo(State.STREAMING);
        after(
                s -> s.rewriteTrigger("_liteferry_bu_t", sql -> sql.replace(" AND NEW.\"k\" IS NOT NULL", "")),
                false,
                List.of("k"),
                "k,v",
                schema,
                writes);
        assertThat(current.progress("t").state()).isEqualTo(State.SUSPENDED);
    }
}
