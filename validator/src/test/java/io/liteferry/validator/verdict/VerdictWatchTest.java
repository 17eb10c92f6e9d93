package io.liteferry.validator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.validator.TwoSides;
import io.liteferry.validator.lag.LagWindow;
import io.liteferry.validator.pass.Progress;
import io.liteferry.validator.pass.ValidationMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictWatchTest {
    private static final String LOG_OK = "SELECT verdict || ' ' || (c->>'ok') FROM liteferry.verdict,"
            + " jsonb_array_elements(document->'checks') c WHERE c->>'check' = 'change_log_intact'";

    private static final String WINDOW = "SELECT (c->>'ok') || ' ' || (c->>'value') FROM liteferry.verdict,"
            + " jsonb_array_elements(document->'checks') c WHERE c->>'check' = 'no_schema_window'";

    @TempDir
    Path folder;

    @Test
    void isNotReadyOnceTheSourceCannotBeRead() throws SQLException, IOException {
        TablePlan table = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))));
        try (TwoSides sides = new TwoSides(folder, Map.of(), table)) {
            sides.applied();
            look(sides);
            assertThat(sides.targetValue(LOG_OK)).isEqualTo("NOT_READY true");
            sides.target("UPDATE liteferry.verdict SET verdict = 'READY'");
            Path file = sides.plan.options().path(Options.DATABASE_FILE_PATH);
            Files.move(file, file.resolveSibling("moved.db"));
            look(sides);
            assertThat(sides.targetValue(LOG_OK)).isEqualTo("NOT_READY false");
        }
    }

    @Test
    void namesASchemaWindowFromTheMomentItIsOpenedEvenIfCaptureDoesNotRun() throws SQLException {
        TablePlan table = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))));
        try (TwoSides sides = new TwoSides(folder, Map.of(), table)) {
            sides.applied();
            look(sides);
            assertThat(sides.targetValue(WINDOW)).isEqualTo("true none is open");
            sides.source("ALTER TABLE _liteferry_tables ADD COLUMN window_since");
            sides.source("UPDATE _liteferry_tables SET window_since = '2026-01-02T03:04:05Z'");
            look(sides);
            assertThat(sides.targetValue(WINDOW)).isEqualTo("false open on items since 2026-01-02T03:04:05Z");
        }
    }

    private static void look(TwoSides sides) {
        Progress progress = new Progress();
        ValidationMetrics metrics = new ValidationMetrics(new SimpleMeterRegistry(), sides.plan, progress);
        try (VerdictWatch watch = new VerdictWatch(
                sides.plan, progress, new LagWindow(1_000, 100), metrics, Clock.systemUTC(), d -> {})) {
            watch.look();
        }
    }
}
