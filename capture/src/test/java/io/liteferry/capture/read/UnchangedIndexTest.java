package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An UPDATE that leaves an indexed value as it was looks for nobody it displaces; one that changes it does. */
class UnchangedIndexTest {
    private static final String[] DISPLACES = {"UPDATE OR REPLACE t SET c = 'ABC' WHERE id = 1"};

    @TempDir
    Path folder = Path.of("");

    @Test
    @DisplayName("whether a value is another one is asked in the index's collation, not in the column's")
    void aValueIsComparedInTheCollationOfTheIndex() throws Exception {
        try (CapturedSource s = captured(true)) {
            assertThat(s.differences(DISPLACES)).isEmpty();
        }
    }

    @Test
    @DisplayName("in the column's collation the displaced row would be overlooked")
    void inTheCollationOfTheColumnADisplacedRowIsOverlooked() throws Exception {
        try (CapturedSource s = captured(false)) {
            s.rewriteTrigger("_liteferry_bu_t", sql -> sql.replace("OLD.\"c\" COLLATE BINARY", "OLD.\"c\""));
            assertThat(s.differences(DISPLACES))
                    .containsExactly("t phantom " + s.replica().key(2));
        }
    }

    @Test
    @DisplayName("a row that only now comes under a partial index displaces there, although its indexed value stays")
    void aRowThatComesUnderAPartialIndexDisplaces() throws Exception {
        String comes = "UPDATE OR REPLACE t SET v = 1 WHERE id = 2";
        try (CapturedSource s = partial("with.db", true)) {
            assertThat(s.differences(comes)).isEmpty();
        }
        try (CapturedSource s = partial("without.db", false)) {
            s.rewriteTrigger(
                    "_liteferry_bu_t",
                    sql -> sql.replace("\n     AND NOT (", "\n     AND OLD.\"c\" IS NOT NEW.\"c\"\n     AND NOT ("));
            assertThat(s.differences(comes))
                    .containsExactly("t phantom " + s.replica().key(1));
        }
    }

    @Test
    @DisplayName("a row does not displace itself: its update is logged once")
    void aRowDoesNotDisplaceItself() throws Exception {
        for (boolean whole : new boolean[] {true, false}) {
            try (CapturedSource s = partial(whole + ".db", whole)) {
                if (!whole) {
                    s.rewriteTrigger("_liteferry_bu_t", sql -> sql.replaceAll("\n     AND NOT \\([^)]*\\)", ""));
                }
                assertThat(s.differences("UPDATE t SET w = 5 WHERE id = 1")).isEmpty();
                assertThat(s.number("SELECT count(*) FROM _liteferry_log WHERE k0 = 1"))
                        .isEqualTo(whole ? 1 : 2);
            }
        }
    }

    private CapturedSource partial(String name, boolean verified) throws Exception {
        CapturedSource s = new CapturedSource(folder.resolve(name), verified);
        s.source
                .sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, c TEXT, v, w)",
                        "CREATE UNIQUE INDEX u ON t(c) WHERE v = 1",
                        "INSERT INTO t VALUES (1, 'a', 1, 0), (2, 'a', 0, 0)")
                .table("t", List.of("id"), "id", "c", "v", "w");
        return s.capture();
    }

    private CapturedSource captured(boolean verified) throws Exception {
        CapturedSource s = new CapturedSource(folder.resolve("app.db"), verified);
        s.source
                .sql(
                        "CREATE TABLE t(id INTEGER PRIMARY KEY, c TEXT COLLATE NOCASE, v)",
                        "CREATE UNIQUE INDEX u ON t(c COLLATE BINARY)",
                        "INSERT INTO t VALUES (1, 'abc', 0), (2, 'ABC', 0)")
                .table("t", List.of("id"), "id", "c", "v");
        return s.capture();
    }
}
