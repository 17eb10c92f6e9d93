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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadsInTurnTest {
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
}
