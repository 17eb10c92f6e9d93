package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.validator.TwoSides;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrangersComparisonTest {
    @TempDir
    Path folder;

    private TwoSides sides;

    @BeforeEach
    void equalSidesWithoutAnAppliedPosition() throws SQLException {
        TablePlan table = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("name", TargetType.of(Kind.TEXT))));
        sides = new TwoSides(folder, Map.of(), table);
        sides.source("CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT)");
        sides.source("INSERT INTO items VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        sides.target("CREATE TABLE items(id bigint PRIMARY KEY, name text)");
        sides.target("INSERT INTO items VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    }

    @AfterEach
    void closeBothSides() throws SQLException {
        sides.close();
    }

    private StrangersComparison.Result compare(StrangersComparison.Listener listener) {
        return new StrangersComparison(sides.plan, 2).run(listener).get(0);
    }

    @Test
    void aFileThatIsWrittenToMeanwhileIsSaidToHaveMoved() {
        assertThat(compare((table, rows) -> {}).moved()).isFalse();
        StrangersComparison.Result moved = compare((table, rows) -> write());
        assertThat(moved.moved()).isTrue();
        assertThat(moved.equal()).isTrue();
    }

    private void write() {
        try {
            sides.source("INSERT INTO _liteferry_log(tbl, op, r) VALUES (0, 0, 1)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void allRowsThatDifferAreCountedAndTheFirstAreListed() throws SQLException {
        sides.target("UPDATE items SET name = 'x'");
        StrangersComparison.Result result = compare((table, rows) -> {});
        assertThat(result.equal()).isFalse();
        assertThat(result.tally().count(RowVerdict.ROW_DIFF)).isEqualTo(3);
        assertThat(result.findings()).hasSize(2);
    }

    /** Of a table that has no key on either side. */
    private TableTally compareKeyless(long mostCounted) throws SQLException {
        TablePlan notes = TablePlan.simple(
                "notes",
                KeyPlan.rowid(),
                List.of(
                        ColumnPlan.plain("word", TargetType.of(Kind.TEXT)),
                        ColumnPlan.plain("data", TargetType.of(Kind.JSON))));
        Plan plan = new Plan(TwoSides.NAME, sides.plan.options(), List.of(notes));
        SqliteFile file = new SqliteFile(plan.options().path(Options.DATABASE_FILE_PATH));
        TableTally whole =
                new StrangersComparison(plan, 9).run((t, rows) -> {}).get(0).tally();
        try (Comparison both = Comparison.ofStrangers(plan, file)) {
            TableTally bounded =
                    new MultisetComparison(both, both.keylessLayout(notes), file, mostCounted, rows -> {}).run();
            assertThat(bounded.counts()).isEqualTo(whole.counts());
        }
        return whole;
    }

    @Test
    void aTableWithoutAKeyIsComparedAsAMultiset() throws SQLException {
        sides.source("CREATE TABLE notes(word TEXT, data TEXT)");
        sides.source(
                "INSERT INTO notes SELECT 'w' || (i % 50), '{}' FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n)");
        sides.source("INSERT INTO notes VALUES (NULL, NULL), (NULL, NULL)");
        sides.target("CREATE TABLE notes(word text, data json)");
        sides.target("INSERT INTO notes SELECT 'w' || (i % 50), '{}' FROM generate_series(100, 1, -1) i");
        sides.target("INSERT INTO notes VALUES (NULL, NULL), (NULL, NULL)");
        TableTally equal = compareKeyless(1);
        assertThat(equal.clean()).isTrue();
        assertThat(equal.count(RowVerdict.EQUAL)).isEqualTo(102);

        // As many rows on both sides, the same sets of rows: only how often they stand there differs.
        sides.target("DELETE FROM notes WHERE ctid = (SELECT min(ctid) FROM notes WHERE word = 'w7')");
        sides.target("INSERT INTO notes VALUES ('w8', '{}')");
        sides.target("UPDATE notes SET data = '{ }' WHERE word IS NULL");
        TableTally differing = compareKeyless(1);
        assertThat(differing.clean()).isFalse();
        assertThat(differing.count(RowVerdict.EQUAL)).isEqualTo(99);
        assertThat(differing.count(RowVerdict.MISSING_TARGET)).isEqualTo(3);
        assertThat(differing.count(RowVerdict.MISSING_SOURCE)).isEqualTo(3);
    }
}
