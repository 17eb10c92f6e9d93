package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rows that a statement displaces without naming them, one hazard a test, as numbered in docs/understand/capture.md. */
class ReplaceHazardsTest extends WithAndWithout {
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
    @DisplayName(
            "S1: rows that REPLACE removes through the rowid of a table that is carried by another key are deleted")
    void rowsThatReplaceRemovesByTheirRowidAreDeleted() throws Exception {
        for (String schema : List.of(
                "CREATE TABLE t(k TEXT PRIMARY KEY NOT NULL, v)",
                "CREATE TABLE t(k TEXT NOT NULL UNIQUE, v, id INTEGER PRIMARY KEY)")) {
            for (String write : List.of(
                    "REPLACE INTO t(rowid, k, v) VALUES (1, 'c', 0)",
                    "UPDATE OR REPLACE t SET rowid = 1 WHERE k = 'b'")) {
                onlyWith(
                        NO_CANDIDATES,
                        List.of("k"),
                        "k,v",
                        new String[] {schema, "INSERT INTO t(rowid, k, v) VALUES (1, 'a', 1), (2, 'b', 2)"},
                        write);
            }
        }
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
}
