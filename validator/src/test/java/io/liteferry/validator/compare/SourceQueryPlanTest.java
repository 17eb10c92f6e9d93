package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A range begins where the last one ended: one that began at the table's start would make a pass quadratic. */
class SourceQueryPlanTest {
    private static final String PARTS =
            IntStream.range(0, 16).mapToObj(i -> "k" + i).collect(Collectors.joining(","));

    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("id INTEGER PRIMARY KEY, v)", "id"),
                Arguments.of("k TEXT COLLATE NOCASE PRIMARY KEY, v)", "k"),
                Arguments.of("a INT, b TEXT, v, PRIMARY KEY(a, b))", "a,b"),
                Arguments.of("a COLLATE NOCASE, b INT, c BLOB, v, PRIMARY KEY(a, b, c)) WITHOUT ROWID", "a,b,c"),
                Arguments.of(PARTS + ", v, PRIMARY KEY(" + PARTS + "))", PARTS));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyRangeAndLookUpSeeksItsKey(String definition, String key) throws Exception {
        List<String> columns = List.of(key.split(","));
        TablePlan plan = TablePlan.simple(
                "t",
                new KeyPlan(KeyPlan.Kind.PRIMARY_KEY, columns),
                columns.stream()
                        .map(c -> ColumnPlan.plain(c, TargetType.parse("text").orElseThrow()))
                        .toList());
        try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:");
                Statement s = c.createStatement()) {
            s.execute("CREATE TABLE t(" + definition);
            TableLayout layout = new TableLayout("public", plan, Optional.empty(), "");
            SourceSnapshot snapshot = new SourceSnapshot(
                    c, layout, SourceShape.read(c, layout, 1, false), new InFlight(), Long.MAX_VALUE, false);
            List<SqliteValue> after = Collections.nCopies(columns.size(), SqliteValue.Text.of("x"));
            for (int width = 1; width <= after.size(); width++) {
                assertThat(plan(c, snapshot.rangeSql(after.subList(0, width), null, 10)))
                        .contains("SEARCH t")
                        .doesNotContain("SCAN", "TEMP B-TREE");
                assertThat(plan(c, snapshot.rangeSql(after.subList(0, width), RowKey.of(after), 10)))
                        .contains("SEARCH t")
                        .doesNotContain("SCAN", "TEMP B-TREE");
            }
            assertThat(plan(c, snapshot.rangeSql(List.of(), RowKey.of(after), 10)))
                    .contains("SEARCH t")
                    .doesNotContain("TEMP B-TREE");
            assertThat(plan(c, snapshot.lookUpSql(after))).contains("SEARCH t").doesNotContain("SCAN");
        }
    }

    private static String plan(Connection c, String sql) throws SQLException {
        StringBuilder plan = new StringBuilder(sql);
        try (PreparedStatement ps = c.prepareStatement("EXPLAIN QUERY PLAN " + sql);
                ResultSet rs = ps.executeQuery()) {
            while (rs.next()) {
                plan.append("\n").append(rs.getString("detail"));
            }
        }
        return plan.toString();
    }
}
