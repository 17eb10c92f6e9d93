package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
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

class TableChecksumTest {
    @TempDir
    Path folder;

    private TwoSides sides;

    @BeforeEach
    void equalSidesOrderedDifferently() throws SQLException {
        TablePlan table = TablePlan.simple(
                "words",
                KeyPlan.primaryKey("word"),
                List.of(
                        ColumnPlan.plain("word", TargetType.of(Kind.TEXT)).notNull(),
                        ColumnPlan.plain("n", TargetType.numeric(10, 2))));
        sides = new TwoSides(folder, Map.of(Options.VALIDATION_RANGE_ROWS, "10"), table);
        sides.source("CREATE TABLE words(word TEXT PRIMARY KEY, n)");
        sides.source("WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 45)"
                + " INSERT INTO words SELECT CASE WHEN i % 2 THEN 'w' ELSE 'W' END || i, i || '.50' FROM k");
        sides.triggers(1, "words", "word");
        sides.target("CREATE TABLE words(word text PRIMARY KEY, n numeric(10,2))");
        sides.target("INSERT INTO words SELECT CASE WHEN i % 2 = 1 THEN 'w' ELSE 'W' END || i, i + 0.5"
                + " FROM generate_series(45, 1, -1) i");
        sides.applied();
    }

    @AfterEach
    void closeBothSides() throws SQLException {
        sides.close();
    }

    private TableChecksum.Both take() throws NotComparableException {
        try (Comparison comparison = sides.comparison()) {
            return new TableChecksum(
                            comparison,
                            comparison.now(sides.plan).table("words").orElseThrow(),
                            10)
                    .take();
        }
    }

    @Test
    void rowsThatMeanTheSameHaveOneChecksumInAnyOrder() throws Exception {
        TableChecksum.Both both = take();
        assertThat(both.source()).isEqualTo(both.target());
        assertThat(both.source().rows()).isEqualTo(45);
        assertThat(both.still()).isTrue();
    }

    @Test
    void anyOtherValueHasAnother() throws Exception {
        sides.target("UPDATE words SET n = n + 0.01 WHERE word = 'w17'");
        TableChecksum.Both both = take();
        assertThat(both.source().rows()).isEqualTo(both.target().rows());
        assertThat(both.source().checksum()).isNotEqualTo(both.target().checksum());
    }

    @Test
    void valuesThatRowsHaveExchangedHaveAnother() throws Exception {
        sides.target("UPDATE words SET n = CASE word WHEN 'w1' THEN 3.5 ELSE 1.5 END WHERE word IN ('w1', 'w3')");
        TableChecksum.Both both = take();
        assertThat(both.source().checksum()).isNotEqualTo(both.target().checksum());
    }

    @Test
    void aSourceThatIsAheadIsSaidNotToStandStill() throws Exception {
        sides.source("UPDATE words SET n = '7' WHERE word = 'w17'");
        assertThat(take().still()).isFalse();
        sides.target("UPDATE words SET n = 7 WHERE word = 'w17'");
        sides.applied();
        TableChecksum.Both both = take();
        assertThat(both.still()).isTrue();
        assertThat(both.source()).isEqualTo(both.target());
    }
}
