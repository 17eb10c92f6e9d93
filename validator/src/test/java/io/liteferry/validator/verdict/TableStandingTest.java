package io.liteferry.validator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.validation.Consistency;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.validator.TwoSides;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.lag.LagWindow;
import io.liteferry.validator.pass.FullPass;
import io.liteferry.validator.pass.Progress;
import io.liteferry.validator.pass.ResultStore;
import io.liteferry.validator.pass.ValidationMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableStandingTest {
    private static final String TOLD = "SELECT (t->'validation'->>'state') || ' ' || (t->>'verified_rows') || ' of '"
            + " || (t->>'known_rows') FROM liteferry.verdict, jsonb_array_elements(document->'tables') t";

    @TempDir
    Path folder;

    private final Progress progress = new Progress();
    private TwoSides sides;
    private ValidationMetrics metrics;
    private SimpleMeterRegistry registry;

    @BeforeEach
    void threeEqualRows() throws SQLException {
        TablePlan table = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull()));
        sides = new TwoSides(folder, Map.of(), table);
        sides.source("CREATE TABLE items(id INTEGER PRIMARY KEY)");
        sides.source("INSERT INTO items VALUES (1), (2), (3)");
        sides.target("CREATE TABLE items(id bigint PRIMARY KEY)");
        sides.target("INSERT INTO items VALUES (1), (2), (3)");
        sides.applied();
        registry = new SimpleMeterRegistry();
        metrics = new ValidationMetrics(registry, sides.plan, progress);
    }

    @AfterEach
    void closeBothSides() throws SQLException {
        sides.close();
    }

    private void pass() {
        try (Comparison comparison = sides.comparison();
                ResultStore store = new ResultStore(PgConnections.of(sides.plan.options()), TwoSides.NAME)) {
            new FullPass(sides.plan, comparison, store, progress, metrics, new Pace(Long.MAX_VALUE), Clock.systemUTC())
                    .run();
        }
    }

    private String told() throws SQLException {
        try (VerdictWatch watch = new VerdictWatch(
                sides.plan, progress, new LagWindow(1_000, 100), metrics, Clock.systemUTC(), d -> {})) {
            watch.look();
        }
        return sides.targetValue(TOLD);
    }

    @Test
    void aTableIsPendingUntilItWasComparedAndInSyncAfterwards() throws SQLException {
        assertThat(told()).isEqualTo("pending 0 of 0");
        pass();
        assertThat(told()).isEqualTo("in_sync 3 of 3");
        assertThat(registry.get("liteferry.validation.consistency.ratio")
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    @Test
    void aRowThatDiffersOrWaitsInQuarantineIsKnownAndNotEqual() throws SQLException {
        sides.target("INSERT INTO items VALUES (4)");
        pass();
        assertThat(told()).isEqualTo("mismatched 3 of 4");
        sides.target("DELETE FROM items WHERE id IN (3, 4)");
        sides.target("UPDATE liteferry.validation_mismatch SET verified_at = now()");
        sides.target("INSERT INTO liteferry.quarantine (source, table_name, key, key_text, record, topic, kafka_offset,"
                + " sqlstate, reason) VALUES ('shop', 'items', '\\x0106', '3', '', 't', 1, '22007', 'r')");
        pass();
        assertThat(told()).isEqualTo("incomplete 2 of 3");
    }

    @Test
    void aRowFoundBetweenPassesIsNoLongerCountedAsEqual() throws SQLException {
        pass();
        sides.target("INSERT INTO liteferry.validation_mismatch (source, table_name, key, key_text, kind, columns,"
                + " found_at, last_seen_at) VALUES ('shop', 'items', '\\x0102', '1', 'row_diff', '{}', now(), now())");
        assertThat(told()).isEqualTo("mismatched 2 of 3");
        assertThat(registry.get("liteferry.cutover.check")
                        .tag("check", "no_mismatch")
                        .gauge()
                        .value())
                .isZero();
        assertThat(registry.get("liteferry.cutover.ready").gauge().value()).isZero();
    }

    @Test
    void aSuspendedTableIsSaidToBe() throws SQLException {
        pass();
        sides.progress("items", TableProgress.pending(0).suspended("somebody must decide"));
        sides.applied();
        assertThat(told()).startsWith("suspended ");
    }

    @Test
    void whatIsEqualIsCountedAmongAllRowsKnownOnEitherSideToTheLastRow() throws SQLException {
        // Equal: 1. Another value cannot differ in a key alone: 2 lacks in the target, 4 in the source; 3 waits in
        // quarantine.
        sides.target("DELETE FROM items WHERE id IN (2, 3)");
        sides.target("INSERT INTO items VALUES (4)");
        sides.target("INSERT INTO liteferry.quarantine (source, table_name, key, key_text, record, topic, kafka_offset,"
                + " sqlstate, reason) VALUES ('shop', 'items', '\\x0106', '3', '', 't', 1, '22007', 'r')");
        pass();
        told();
        VerdictDocument document =
                VerdictDocument.latest(sides.postgres, TwoSides.NAME).orElseThrow();
        assertThat(Consistency.of(document.tables())).hasToString("1 of 4 rows equal (25 %)");

        sides.target("ALTER TABLE items ALTER COLUMN id TYPE text");
        pass();
        told();
        document = VerdictDocument.latest(sides.postgres, TwoSides.NAME).orElseThrow();
        assertThat(Consistency.of(document.tables()).equal()).isZero();
        assertThat(Consistency.of(document.tables()).known()).isPositive();
    }
}
