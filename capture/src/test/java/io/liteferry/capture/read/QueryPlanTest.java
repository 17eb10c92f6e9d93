package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.TableProgress;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.SqliteCatalog;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What SQLite makes of our statements: every key is sought in its index. A chunk that scans its table makes a snapshot
 * quadratic; a candidate that does so makes every write of the application as slow as a whole table is long.
 */
class QueryPlanTest {
    private static final String PARTS =
            IntStream.range(0, 16).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));

    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private CapturedSource s;

    @AfterEach
    void close() throws Exception {
        s.close();
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("id INTEGER PRIMARY KEY, u TEXT UNIQUE)", "id"),
                Arguments.of("id INTEGER PRIMARY KEY DESC, u)", "id"),
                Arguments.of("k TEXT PRIMARY KEY, u BLOB UNIQUE)", "k"),
                Arguments.of("k TEXT COLLATE NOCASE PRIMARY KEY, u COLLATE RTRIM UNIQUE)", "k"),
                Arguments.of("k TEXT COLLATE RTRIM PRIMARY KEY NOT NULL, u)", "k"),
                Arguments.of("k BLOB PRIMARY KEY, u) WITHOUT ROWID", "k"),
                Arguments.of("k PRIMARY KEY NOT NULL, u)", "k"),
                Arguments.of("k REAL PRIMARY KEY NOT NULL, u)", "k"),
                Arguments.of("k TEXT NOT NULL, u, PRIMARY KEY(k DESC))", "k"),
                Arguments.of("k TEXT NOT NULL, u, PRIMARY KEY(k DESC)) WITHOUT ROWID", "k"),
                Arguments.of("a TEXT, b INT, u UNIQUE, PRIMARY KEY(a, b)) WITHOUT ROWID", "a,b"),
                Arguments.of("a COLLATE NOCASE, b INT, c BLOB, u, PRIMARY KEY(a, b, c)) WITHOUT ROWID", "a,b,c"),
                Arguments.of("a INT, b COLLATE NOCASE, c COLLATE RTRIM, u, PRIMARY KEY(a, b, c))", "a,b,c"),
                Arguments.of(PARTS + ", u, PRIMARY KEY(" + PARTS + "))", PARTS),
                Arguments.of(PARTS + ", u, PRIMARY KEY(" + PARTS + ")) WITHOUT ROWID", PARTS),
                Arguments.of("u UNIQUE, v)", ""));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyStatementSeeksItsKey(String definition, String key) throws Exception {
        install(definition, key);
        assertThat(plans(statements())).allSatisfy(QueryPlanTest::seeks);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a, b DESC", "a DESC, b"})
    void aKeyOfTwoDirectionsIsSoughtAndSortedOnlyAmongEqualFirstParts(String order) throws Exception {
        install("a INT, b TEXT COLLATE NOCASE, u, PRIMARY KEY(" + order + ")) WITHOUT ROWID", "a,b");
        List<String> plans = plans(statements());
        assertThat(plans).allSatisfy(QueryPlanTest::finds);
        assertThat(plans).noneMatch(p -> p.contains("TEMP B-TREE FOR ORDER BY"));
    }

    @Test
    void aComparisonOfWholeKeysWouldScan() throws Exception {
        install("a COLLATE NOCASE, b INT, c BLOB, u, PRIMARY KEY(a, b, c)) WITHOUT ROWID", "a,b,c");
        KeyTerms terms = terms();
        assertThat(plan("SELECT 1 FROM t AS t WHERE " + terms.above(cursor()) + " ORDER BY " + terms.orderSql()))
                .contains("SCAN t");
    }

    private void install(String definition, String key) throws Exception {
        s = new CapturedSource(folder.resolve("app.db"));
        List<String> columns = key.isEmpty() ? List.of() : Arrays.asList(key.split(",\\s*"));
        s.source
                .sql("CREATE TABLE t(" + definition)
                .table("t", columns, (key.isEmpty() ? "u" : key + ",u").split(",\\s*"));
        s.capture();
    }

    private SourceTable table() throws SQLException {
        return new SqliteCatalog(s.source.connection()).table("t").orElseThrow();
    }

    private KeyTerms terms() throws SQLException {
        return KeyTerms.of(s.plan().tables().get(0), table());
    }

    private RowKey cursor() throws SQLException {
        return RowKey.of(Collections.nCopies(terms().count(), SqliteValue.Text.of("x")));
    }

    /** What capture reads with, in the middle of a snapshot, and what its triggers look for. */
    private List<String> statements() throws SQLException {
        TableProgress middle = TableProgress.pending(0).snapshotAt(cursor().packed(), 1);
        List<String> statements = new ArrayList<>();
        try (TableReader reader =
                new TableReader(s.source.connection(), s.plan().tables().get(0), 0, false, middle)) {
            reader.schema(table(), 1);
            statements.add(reader.chunkSql(KeyTerms.Range.ALL, 10));
            terms().rangesAbove(cursor()).forEach(r -> statements.add(reader.chunkSql(r, 10)));
            statements.add(reader.rereadSql());
            statements.add(reader.requestedSql(cursor()));
        }
        try (Statement st = s.source.connection().createStatement();
                ResultSet rs = st.executeQuery("SELECT sql FROM sqlite_master WHERE type = 'trigger'")) {
            while (rs.next()) {
                Stream.of(rs.getString(1).replaceFirst("(?s).*? BEGIN\n", "").split(";\n"))
                        .filter(statement -> statement.contains(" FROM \"t\""))
                        .map(statement -> statement.replaceAll("\\b(NEW|OLD)\\.(\"[^\"]*\"|\\w+)", "?"))
                        .forEach(statements::add);
            }
        }
        return statements;
    }

    private List<String> plans(List<String> statements) throws SQLException {
        List<String> plans = new ArrayList<>();
        for (String statement : statements) {
            plans.add(statement + plan(statement));
        }
        return plans;
    }

    private String plan(String sql) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (PreparedStatement ps = s.source.connection().prepareStatement("EXPLAIN QUERY PLAN " + sql);
                ResultSet rs = ps.executeQuery()) {
            while (rs.next()) {
                plan.append("\n").append(rs.getString("detail"));
            }
        }
        return plan.toString();
    }

    private static void seeks(String plan) {
        finds(plan);
        assertThat(plan).doesNotContain("TEMP B-TREE");
    }

    /** The first chunk of all goes through the index from its start; everything else looks a key up. */
    private static void finds(String plan) {
        boolean first = plan.contains(" AS t ORDER BY");
        assertThat(plan).containsPattern(first ? "\nSCAN t\\b" : "\nSEARCH t\\b");
        if (!first) {
            assertThat(plan).doesNotContainPattern("\nSCAN (t|l)\\b");
        }
    }
}
