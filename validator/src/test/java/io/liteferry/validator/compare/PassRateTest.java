package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.validator.TwoSides;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A pass over 200,000 rows of ten columns; prints its rate, judges only its result. */
@Tag("long")
class PassRateTest {
    private static final int ROWS = 200_000;

    @TempDir
    Path folder;

    @Test
    void comparesTwoHundredThousandRows() throws SQLException {
        List<ColumnPlan> columns = new ArrayList<>();
        columns.add(ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull());
        for (String c : List.of("a", "b", "c", "d")) {
            columns.add(ColumnPlan.plain(c, TargetType.of(Kind.TEXT)));
        }
        columns.add(ColumnPlan.plain("e", TargetType.of(Kind.BIGINT)));
        columns.add(ColumnPlan.plain("f", TargetType.of(Kind.DOUBLE)));
        columns.add(ColumnPlan.plain("g", TargetType.numeric(12, 2)));
        columns.add(ColumnPlan.plain("h", TargetType.of(Kind.TIMESTAMPTZ)).withEncoding(Encoding.ISO8601));
        columns.add(ColumnPlan.plain("i", TargetType.of(Kind.BOOLEAN)).withEncoding(Encoding.ZERO_ONE));
        try (TwoSides sides =
                new TwoSides(folder, Map.of(), TablePlan.simple("t", KeyPlan.primaryKey("id"), columns))) {
            sides.source("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, d TEXT, e INTEGER, f REAL,"
                    + " g TEXT, h TEXT, i INTEGER)");
            sides.target("CREATE TABLE t(id bigint PRIMARY KEY, a text, b text, c text, d text, e bigint,"
                    + " f double precision, g numeric(12,2), h timestamptz, i boolean)");
            sides.source("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + ROWS
                    + ") INSERT INTO t SELECT i, 'customer ' || i, 'street ' || i || ' 17', 'city', 'a note of some"
                    + " length about ' || i, i * 7, i + 0.5, (i / 100) || '.25', '2024-02-29 10:15:30', i % 2 FROM n");
            sides.target("INSERT INTO t SELECT i, 'customer ' || i, 'street ' || i || ' 17', 'city', 'a note of some"
                    + " length about ' || i, i * 7, i + 0.5, (i / 100) + 0.25, '2024-02-29 10:15:30+00', i % 2 = 1"
                    + " FROM generate_series(1, " + ROWS + ") i");
            sides.target("ANALYZE t");
            sides.applied();
            for (int round = 1; round <= 4; round++) {
                long start = System.nanoTime();
                TableTally tally = sides.pass("t").tally();
                double seconds = (System.nanoTime() - start) / 1e9;
                assertThat(tally.count(RowVerdict.EQUAL)).isEqualTo(ROWS);
                LoggerFactory.getLogger(PassRateTest.class)
                        .atInfo()
                        .addKeyValue("round", round)
                        .addKeyValue("rows_per_second", Math.round(ROWS / seconds))
                        .log("pass rate");
            }
        }
    }
}
