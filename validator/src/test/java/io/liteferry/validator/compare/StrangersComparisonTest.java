package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
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
}
