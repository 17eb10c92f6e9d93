package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.validator.TwoSides;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LookUpWalkTest {
    @TempDir
    Path folder;

    private TwoSides sides(KeyPlan key, ColumnPlan... columns) throws SQLException {
        return new TwoSides(
                folder, Map.of(Options.VALIDATION_RANGE_ROWS, "10"), TablePlan.simple("t", key, List.of(columns)));
    }

    private static ColumnPlan column(String name, Kind kind, Encoding encoding) {
        return ColumnPlan.plain(name, TargetType.of(kind)).withEncoding(encoding);
    }

    @Test
    void walksKeysThatSqliteComparesWithoutCase() throws SQLException {
        try (TwoSides sides = sides(
                KeyPlan.primaryKey("k"),
                column("k", Kind.TEXT, Encoding.PLAIN).notNull(),
                column("v", Kind.BIGINT, Encoding.PLAIN))) {
            sides.source("CREATE TABLE t(k TEXT PRIMARY KEY COLLATE NOCASE NOT NULL, v INTEGER)");
            sides.target("CREATE TABLE t(k text PRIMARY KEY, v bigint)");
            sides.source("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 35)"
                    + " INSERT INTO t SELECT CASE i % 2 WHEN 0 THEN 'Key' ELSE 'kEY' END || i, i FROM n");
            sides.target("INSERT INTO t SELECT CASE i % 2 WHEN 0 THEN 'Key' ELSE 'kEY' END || i, i"
                    + " FROM generate_series(1, 35) i");
            sides.applied();
            assertThat(sides.pass("t").tally().count(RowVerdict.EQUAL)).isEqualTo(35);
            assertThat(sides.pass("t").tally().targetRows()).isEqualTo(35);
            sides.target("UPDATE t SET v = 0 WHERE k = 'Key4'");
            sides.target("UPDATE t SET k = 'KEY6' WHERE k = 'Key6'");
            sides.target("INSERT INTO t VALUES ('stranger', 1)");
            assertThat(sides.pass("t").told())
                    .containsExactly(
                            "missing_source 'KEY6'",
                            "missing_source 'stranger'",
                            "missing_target 'Key6'",
                            "row_diff 'Key4' [v]");
        }
    }

    @Test
    void walksKeysOfMixedClasses() throws SQLException {
        try (TwoSides sides = sides(
                KeyPlan.primaryKey("k"),
                column("k", Kind.BYTEA, Encoding.EXACT).notNull(),
                column("v", Kind.BIGINT, Encoding.PLAIN))) {
            sides.source("CREATE TABLE t(k PRIMARY KEY NOT NULL, v INTEGER)");
            sides.target("CREATE TABLE t(k bytea PRIMARY KEY, v bigint)");
            sides.source("INSERT INTO t VALUES (5, 1), ('5', 2), (x'35', 3), (CAST(x'ff41' AS TEXT), 4), (2.5, 5)");
            sides.target("INSERT INTO t VALUES ('\\x010000000000000005', 1), ('\\x0335', 2), ('\\x0435', 3),"
                    + " ('\\x03ff41', 4), ('\\x024004000000000000', 5)");
            sides.applied();
            assertThat(sides.pass("t").told()).isEmpty();
            assertThat(sides.pass("t").tally().count(RowVerdict.EQUAL)).isEqualTo(5);
            sides.target("DELETE FROM t WHERE v = 2");
            sides.target("INSERT INTO t VALUES ('\\x03ff42', 9)");
            assertThat(sides.pass("t").tally().count(RowVerdict.MISSING_TARGET)).isEqualTo(1);
            assertThat(sides.pass("t").tally().count(RowVerdict.MISSING_SOURCE)).isEqualTo(1);
        }
    }

    @Test
    void readsNumbersInKeysAsTheCanonicalKeyHasThem() throws SQLException {
        try (TwoSides sides = sides(
                KeyPlan.primaryKey("k"),
                column("k", Kind.BYTEA, Encoding.EXACT).notNull(),
                column("v", Kind.BIGINT, Encoding.PLAIN))) {
            sides.source("CREATE TABLE t(k PRIMARY KEY NOT NULL, v INTEGER)");
            sides.target("CREATE TABLE t(k bytea PRIMARY KEY, v bigint)");
            sides.source("INSERT INTO t VALUES (4.0, 1), (-0.0, 2)");
            sides.target("INSERT INTO t VALUES ('\\x010000000000000004', 1), ('\\x010000000000000000', 2)");
            sides.applied();
            assertThat(sides.pass("t").told()).isEmpty();
            assertThat(sides.pass("t").tally().count(RowVerdict.EQUAL)).isEqualTo(2);
        }
    }

    @Test
    void walksCompositeKeysOfAnIntegerAndAMoment() throws SQLException {
        try (TwoSides sides = sides(
                KeyPlan.primaryKey("p", "at"),
                column("p", Kind.BIGINT, Encoding.PLAIN).notNull(),
                column("at", Kind.TIMESTAMPTZ, Encoding.ISO8601).notNull(),
                column("v", Kind.BIGINT, Encoding.PLAIN))) {
            sides.source("CREATE TABLE t(p INTEGER NOT NULL, at TEXT NOT NULL, v INTEGER, PRIMARY KEY(p, at))");
            sides.target("CREATE TABLE t(p bigint, at timestamptz, v bigint, PRIMARY KEY (p, at))");
            sides.source("INSERT INTO t VALUES (1, '2024-01-01 10:00:00', 1), (1, '2024-01-01T10:00:01.5Z', 2),"
                    + " (2, '2024-01-01', 3), (2, '2024-01-01 10:00:00+02:00', 4)");
            sides.target("INSERT INTO t VALUES (1, '2024-01-01 10:00:00+00', 1), (1, '2024-01-01 10:00:01.5+00', 2),"
                    + " (2, '2024-01-01 00:00:00+00', 3), (2, '2024-01-01 08:00:00+00', 4)");
            sides.applied();
            assertThat(sides.pass("t").told()).isEmpty();
            assertThat(sides.pass("t").tally().count(RowVerdict.EQUAL)).isEqualTo(4);
            sides.target("INSERT INTO t VALUES (3, '2024-05-01 00:00:00+00', 1)");
            assertThat(sides.pass("t").tally().count(RowVerdict.MISSING_SOURCE)).isEqualTo(1);
        }
    }

    @Test
    void walksTablesCarriedByTheirRowid() throws SQLException {
        try (TwoSides sides = sides(KeyPlan.rowid(), column("v", Kind.TEXT, Encoding.PLAIN))) {
            sides.source("CREATE TABLE t(v TEXT)");
            sides.target("CREATE TABLE t(_liteferry_rowid bigint PRIMARY KEY, v text)");
            sides.source("INSERT INTO t VALUES ('a'), ('a'), ('b')");
            sides.target("INSERT INTO t VALUES (1, 'a'), (2, 'a'), (3, 'c')");
            sides.applied();
            assertThat(sides.pass("t").told()).containsExactly("row_diff 3 [v]");
        }
    }

    @Test
    void walksTextKeysInByteOrderOnBothSides() throws SQLException {
        try (TwoSides sides = sides(
                KeyPlan.primaryKey("a", "b"),
                column("a", Kind.TEXT, Encoding.PLAIN).notNull().comparedByBytes(),
                column("b", Kind.BIGINT, Encoding.PLAIN).notNull(),
                column("v", Kind.TEXT, Encoding.PLAIN))) {
            sides.source(
                    "CREATE TABLE t(a TEXT NOT NULL, b INTEGER NOT NULL, v TEXT, PRIMARY KEY(a, b)) WITHOUT ROWID");
            sides.target("CREATE TABLE t(a text COLLATE \"C\", b bigint, v text, PRIMARY KEY (a, b))");
            String words = "('zeta', 1, 'x'), ('Zeta', 2, 'x'), ('äpfel', 3, 'x'), ('', 4, 'x'), ('o''k', 5, 'x'),"
                    + " ('🙂', 6, 'x'), ('zeta', -1, 'x'), ('zeta', 10, 'x'), ('a', 1, 'x'), ('b', 1, 'x'),"
                    + " ('c', 1, 'x'), ('d', 1, 'x')";
            sides.source("INSERT INTO t VALUES " + words);
            sides.target("INSERT INTO t VALUES " + words);
            sides.applied();
            assertThat(sides.pass("t").told()).isEmpty();
            assertThat(sides.pass("t").tally().count(RowVerdict.EQUAL)).isEqualTo(12);
            sides.target("DELETE FROM t WHERE a = 'Zeta'");
            sides.target("UPDATE t SET v = 'y' WHERE a = '🙂'");
            assertThat(sides.pass("t").told()).containsExactly("missing_target 'Zeta',2", "row_diff '🙂',6 [v]");
        }
    }

    @Test
    void reportsARowWhoseKeyIsNull() throws SQLException {
        for (boolean ordered : new boolean[] {true, false}) {
            ColumnPlan key = column("k", Kind.TEXT, Encoding.PLAIN).notNull();
            Path own = folder.resolve("ordered-" + ordered);
            assertThat(own.toFile().mkdir()).isTrue();
            try (TwoSides sides = new TwoSides(
                    own,
                    Map.of(),
                    TablePlan.simple(
                            "t",
                            KeyPlan.primaryKey("k"),
                            List.of(
                                    ordered ? key.comparedByBytes() : key,
                                    column("v", Kind.BIGINT, Encoding.PLAIN))))) {
                sides.source("CREATE TABLE t(k TEXT PRIMARY KEY, v INTEGER)");
                sides.target("CREATE TABLE t(k text COLLATE \"C\" PRIMARY KEY, v bigint)");
                sides.source("INSERT INTO t VALUES ('a', 1), (NULL, 2), ('b', 3)");
                sides.target("INSERT INTO t VALUES ('a', 1), ('b', 3)");
                sides.applied();
                assertThat(sides.pass("t").told()).containsExactly("missing_target NULL");
                assertThat(sides.pass("t").tally().count(RowVerdict.EQUAL)).isEqualTo(2);
            }
        }
    }
}
