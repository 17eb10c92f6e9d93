package io.liteferry.sink;

import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Operation;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table that is snapshotted again: what the new snapshot does not find is deleted, and nothing else. */
class SnapshotAgainTest {
    private static final TablePlan PAIRS = new TablePlan(
            "pairs",
            "pairs",
            KeyPlan.primaryKey("a", "b"),
            List.of(
                    ColumnPlan.plain("a", TargetType.of(Kind.BIGINT)).notNull(),
                    ColumnPlan.plain("b", TargetType.of(Kind.TEXT))
                            .comparedByBytes()
                            .notNull(),
                    ColumnPlan.plain("v", TargetType.of(Kind.TEXT))),
            Optional.empty(),
            List.of(),
            List.of(),
            0,
            true);

    private static final String ALL = "SELECT a, b, v FROM pairs ORDER BY a, b";

    private static Migration loaded() {
        Migration m = new Migration(PAIRS).install();
        m.start();
        row(m, 1, "one");
        row(m, 2, "two");
        row(m, 3, "three");
        m.stream.end(1);
        m.awaitApplied(1);
        return m;
    }

    private static void row(Migration m, long a, String v) {
        m.stream.row("pairs", Operation.SNAPSHOT, i(a), t("k" + a), t(v));
    }

    @Test
    void aFirstSnapshotDeletesNothingAndNotesNothing() {
        try (Migration m = loaded()) {
            m.stream.inSnapshot();
            row(m, 4, "four");
            m.stream.end(2);
            m.stream.streaming().end(3);
            m.awaitApplied(3);
            assertThat(m.rows(ALL)).hasSize(4);
            assertThat(seenTables(m)).isEmpty();
        }
    }

    @Test
    void rowsThatTheNewSnapshotDoesNotFindAreDeletedAtItsEndOverAKilledSink() {
        try (Migration m = loaded()) {
            m.stream.snapshotAgain();
            row(m, 1, "one again");
            m.stream.end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ALL)).hasSize(3);
            m.start();
            // A change of a row below the cursor, and one of a row that the snapshot never comes to.
            m.stream.row("pairs", Operation.CREATE, i(0), t("k0"), t("new"));
            m.stream.row("pairs", Operation.SNAPSHOT, i(3), t("k3"), t("three again"));
            m.stream.streaming().end(3);
            m.awaitApplied(3);
            assertThat(m.rows(ALL)).containsExactly("0|k0|new", "1|k1|one again", "3|k3|three again");
            assertThat(seenTables(m)).isEmpty();
            row(m, 5, "later");
            m.stream.end(4);
            m.awaitApplied(4);
            assertThat(m.rows(ALL)).hasSize(4);
        }
    }

    @Test
    void aKeyNamedInTheSameBatchBeforeTheNewSnapshotBeganIsNotSeen() {
        try (Migration m = loaded()) {
            m.stream.row("pairs", Operation.UPDATE, i(2), t("k2"), t("last sign of life"));
            m.stream.snapshotAgain();
            row(m, 1, "one");
            m.stream.streaming().end(2);
            m.awaitApplied(2);
            assertThat(m.rows(ALL)).containsExactly("1|k1|one");
        }
    }

    @Test
    void aSnapshotBegunOnceMoreForgetsWhatTheFormerOneSaw() {
        try (Migration m = loaded()) {
            m.stream.snapshotAgain();
            row(m, 1, "one");
            row(m, 2, "two");
            m.stream.end(2);
            m.awaitApplied(2);
            m.stream.epoch(2).snapshotAgain();
            row(m, 1, "one");
            m.stream.streaming().end(3);
            m.awaitApplied(3);
            assertThat(m.rows(ALL)).containsExactly("1|k1|one");
        }
    }

    @ParameterizedTest(name = "both snapshots begun in one transaction of the target: {0}")
    @ValueSource(booleans = {false, true})
    void aCaptureThatGoesBackToAnEarlierSnapshotFindsWhatThatOneSaw(boolean together) {
        try (Migration m = loaded()) {
            m.stop();
            RecordTag earlier = m.stream.snapshotAgain();
            row(m, 1, "one");
            m.stream.end(2);
            if (!together) {
                m.start();
                m.awaitApplied(2);
            }
            m.stream.snapshotAgain();
            m.stream.end(3);
            if (together) {
                m.start();
            }
            m.awaitApplied(3);
            m.stream.epoch(2).snapshotAgain(earlier);
            row(m, 3, "three");
            m.stream.streaming().end(4);
            m.awaitApplied(4);
            assertThat(m.rows(ALL)).containsExactly("1|k1|one", "3|k3|three");
        }
    }

    @Test
    void aCaptureThatGoesBackIntoASnapshotThatIsCompleteDeletesNothingMore() {
        try (Migration m = loaded()) {
            RecordTag begun = m.stream.snapshotAgain();
            row(m, 1, "one");
            row(m, 2, "two");
            m.stream.streaming().end(2);
            m.awaitApplied(2);
            m.start();
            m.stream.epoch(2).snapshotAgain(begun);
            row(m, 2, "two");
            m.stream.end(3);
            m.stream.streaming().end(4);
            m.awaitApplied(4);
            assertThat(m.rows(ALL)).containsExactly("1|k1|one", "2|k2|two");
        }
    }

    @Test
    void aSpooledBatchIsNotedAndAQuarantinedRowKeepsItsPlace() {
        try (Migration m = new Migration(Map.of(Options.BATCH_MEMORY_BYTES, "1024"), PAIRS).install()) {
            m.start();
            row(m, 1, "one");
            row(m, 2, "two");
            row(m, 3, "three");
            m.stream.row("pairs", Operation.SNAPSHOT, i(4), t("k4"), t("nul \0 here"));
            m.stream.end(1);
            m.awaitApplied(1);
            assertThat(quarantined(m)).containsExactly("4,'k4'");
            m.stream.snapshotAgain();
            row(m, 1, "x".repeat(3_000));
            m.stream.row("pairs", Operation.SNAPSHOT, i(2), t("k2"), t("nul \0 here"));
            for (int n = 10; n < 60; n++) {
                row(m, n, "y".repeat(500));
            }
            m.stream.streaming().end(2);
            m.awaitApplied(2);
            assertThat(m.rows("SELECT a FROM pairs ORDER BY a")).hasSize(52).startsWith("1", "2", "10");
            assertThat(quarantined(m)).containsExactly("2,'k2'");
        }
    }

    private static List<String> quarantined(Migration m) {
        return m.rows("SELECT key_text FROM liteferry.quarantine");
    }

    private static List<String> seenTables(Migration m) {
        return m.rows("SELECT relname FROM pg_class WHERE relname LIKE 'seen%' AND relkind = 'r'");
    }
}
