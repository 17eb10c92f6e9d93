package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.sqlite.ReadTurn;
import io.liteferry.core.sqlite.SqliteFile;
import io.liteferry.validator.TwoSides;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadsInTurnTest {
    private static final int ROWS = 200_000;
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(2);

    @TempDir
    Path folder = Path.of("");

    @Test
    @DisplayName(
            "L2: the validator reads in its turn; where capture keeps it for long, it goes on without and counts that")
    void theValidatorReadsInItsTurn() throws Exception {
        TablePlan table = TablePlan.simple(
                "t", KeyPlan.primaryKey("id"), List.of(ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))));
        try (TwoSides sides = new TwoSides(folder, Map.of(Options.READ_TRANSACTION_MAX_MS, "20"), table)) {
            sides.source("CREATE TABLE t(id INTEGER PRIMARY KEY)");
            sides.source("INSERT INTO t VALUES (1)");
            sides.target("CREATE TABLE t(id bigint PRIMARY KEY)");
            sides.target("INSERT INTO t VALUES (1)");
            sides.applied();
            assertThat(sides.pass("t").told()).isEmpty();
            assertThat(sides.turnsMissed.sum()).isZero();
            try (ReadTurn capture = new ReadTurn(new SqliteFile(folder.resolve("app.db")));
                    ReadTurn.Held held = capture.take(60_000)) {
                assertThat(held.taken()).isTrue();
                assertThat(sides.pass("t").told()).isEmpty();
                assertThat(sides.turnsMissed.sum()).isPositive();
            }
        }
    }

    @Test
    @DisplayName("L2: a long gap follows a read beside which somebody commits, where nobody does a short one")
    void theGapIsLongWhereSomebodyWrites() throws Exception {
        TablePlan table = TablePlan.simple(
                "t", KeyPlan.primaryKey("id"), List.of(ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))));
        try (TwoSides sides = new TwoSides(folder, Map.of(Options.READ_TRANSACTION_MAX_MS, "20"), table);
                Comparison comparison = sides.comparison()) {
            sides.source("CREATE TABLE t(id INTEGER PRIMARY KEY)");
            sides.source("CREATE TABLE other(v)");
            sides.source("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + ROWS
                    + ") INSERT INTO t SELECT i FROM n");
            sides.applied();
            assertThat(gapAfterRead(comparison, table)).as("nobody knows yet").isGreaterThan(SHORT);
            assertThat(gapAfterRead(comparison, table)).isLessThanOrEqualTo(SHORT);
            sides.source("INSERT INTO other VALUES (1)");
            assertThat(gapAfterRead(comparison, table)).as("a commit").isGreaterThan(SHORT);
            assertThat(gapAfterRead(comparison, table)).isLessThanOrEqualTo(SHORT);
        }
    }

    /** Of a read that takes its whole time, in nanoseconds, as it is told to the other readers. */
    private long gapAfterRead(Comparison sides, TablePlan table) throws Exception {
        TableLayout layout = sides.layout(table);
        try {
            Comparison.Reach reach = sides.begin(layout);
            assertThat(sides.source(layout, reach, s -> s.range(null, null, ROWS))
                            .rows())
                    .hasSizeLessThan(ROWS);
        } finally {
            sides.end();
        }
        ByteBuffer told = ByteBuffer.wrap(Files.readAllBytes(ReadTurn.turn(folder.resolve("app.db"))));
        return told.getLong(Long.BYTES) - told.getLong(0);
    }
}
