package io.liteferry.validator.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.TableProgress;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.validator.TwoSides;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InFlightTest {
    @TempDir
    Path folder;

    private TwoSides sides;

    @BeforeEach
    void fillBothSides() throws SQLException {
        TablePlan table = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))
                                .notNull(),
                        ColumnPlan.plain("name", TargetType.of(TargetType.Kind.TEXT))));
        sides = new TwoSides(folder, Map.of(Options.VALIDATION_RANGE_ROWS, "10"), table);
        sides.source("CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT)");
        sides.triggers(1, "items", "id");
        sides.target("CREATE TABLE items(id bigint PRIMARY KEY, name text)");
        sides.source("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
                + " INSERT INTO items SELECT i, 'n' || i FROM n");
        sides.target("INSERT INTO items SELECT i, 'n' || i FROM generate_series(1, 30) i");
        sides.applied();
    }

    @AfterEach
    void closeBothSides() throws SQLException {
        sides.close();
    }

    @Test
    void neverReportsAKeyThatTheLogNamesAboveTheAppliedPosition() throws SQLException {
        sides.source("UPDATE items SET name = 'new' WHERE id = 7");
        sides.source("DELETE FROM items WHERE id = 8");
        sides.source("INSERT INTO items VALUES (31, 'added')");
        TwoSides.Outcome outcome = sides.pass("items");
        assertThat(outcome.told()).isEmpty();
        assertThat(outcome.tally().count(RowVerdict.IN_FLIGHT)).isEqualTo(3);
        assertThat(outcome.tally().count(RowVerdict.EQUAL)).isEqualTo(28);
        assertThat(outcome.tally().clean()).isTrue();
    }

    /** The mutant: with the same rows and no log entries, the very same state is three alarms. */
    @Test
    void wouldRaiseFalseAlarmsWithoutTheLog() throws SQLException {
        sides.source("UPDATE items SET name = 'new' WHERE id = 7");
        sides.source("DELETE FROM items WHERE id = 8");
        sides.source("INSERT INTO items VALUES (31, 'added')");
        sides.applied();
        assertThat(sides.pass("items").told())
                .containsExactly("missing_source 8", "missing_target 31", "row_diff 7 [name]");
    }

    @Test
    void reportsARealDifferenceBesideKeysInFlight() throws SQLException {
        sides.source("UPDATE items SET name = 'new' WHERE id = 7");
        sides.target("UPDATE items SET name = 'bad' WHERE id = 9");
        assertThat(sides.pass("items").told()).containsExactly("row_diff 9 [name]");
    }

    @Test
    void comparesOnlyUpToTheCursorOfASnapshot() throws SQLException {
        byte[] cursor = RowKey.of(List.of(new SqliteValue.Int(12))).packed();
        sides.progress("items", TableProgress.pending(30).snapshotAt(cursor, 12));
        sides.target("DELETE FROM items WHERE id > 12 OR id = 3");
        sides.applied();
        TwoSides.Outcome outcome = sides.pass("items");
        assertThat(outcome.told()).containsExactly("missing_target 3");
        assertThat(outcome.tally().sourceRows()).isEqualTo(12);
    }

    @Test
    void doesNotCompareATableThatWaitsOrIsSuspended() throws SQLException {
        sides.target("DELETE FROM items");
        sides.progress("items", TableProgress.pending(30));
        sides.applied();
        assertThat(sides.pass("items").told()).isEmpty();
        sides.progress("items", TableProgress.pending(30).suspended("triggers are gone"));
        sides.applied();
        TableTally tally = sides.pass("items").tally();
        assertThat(tally.reason())
                .hasValueSatisfying(r -> assertThat(r.kind()).isEqualTo(NotComparableException.Kind.NOT_THERE_YET));
        assertThat(tally.clean()).isFalse();
    }

    @Test
    void callsATableUnknownWhoseLogWasPrunedPastTheAppliedPosition() throws SQLException {
        sides.source("UPDATE items SET name = 'new' WHERE id = 7");
        sides.source("DELETE FROM _liteferry_log WHERE seq <= 31");
        TableTally tally = sides.pass("items").tally();
        assertThat(tally.count(RowVerdict.UNKNOWN)).isEqualTo(1);
        assertThat(tally.reason())
                .hasValueSatisfying(r -> assertThat(r.kind()).isEqualTo(NotComparableException.Kind.LOG_BROKEN));
    }

    @Test
    void callsATableUnknownWhoseLogWasRestored() throws SQLException {
        sides.source("UPDATE _liteferry_log SET r = r + 1");
        assertThat(sides.pass("items").tally().reason())
                .hasValueSatisfying(r -> assertThat(r.reason()).contains("restored or wiped"));
    }

    @Test
    void callsATableUnknownWhileItsSchemaIsAheadOfTheTarget() throws SQLException {
        sides.source("ALTER TABLE items ADD COLUMN extra TEXT");
        TableTally tally = sides.pass("items").tally();
        assertThat(tally.count(RowVerdict.UNKNOWN)).isEqualTo(1);
        assertThat(tally.reason())
                .hasValueSatisfying(r -> assertThat(r.reason()).contains("schema is at version"));
        sides.applied();
        assertThat(sides.pass("items").tally().clean()).isTrue();
    }

    @Test
    void callsATableUnknownWhoseTargetColumnHasAnotherType() throws SQLException {
        sides.target("ALTER TABLE items ALTER COLUMN name TYPE varchar(20)");
        assertThat(sides.pass("items").tally().reason())
                .hasValueSatisfying(r -> assertThat(r.kind()).isEqualTo(NotComparableException.Kind.PLAN_UNFIT));
    }

    @Test
    void doesNotCallAPassCleanThatEndedAtTheCursorOfASnapshot() throws SQLException {
        byte[] cursor = RowKey.of(List.of(new SqliteValue.Int(12))).packed();
        sides.progress("items", TableProgress.pending(30).snapshotAt(cursor, 12));
        sides.applied();
        TableTally tally = sides.pass("items").tally();
        assertThat(tally.count(RowVerdict.EQUAL)).isEqualTo(12);
        assertThat(tally.clean()).isFalse();
        assertThat(tally.count(RowVerdict.UNKNOWN)).isZero();
    }

    @Test
    void reportsEveryRowOfTheTargetWhereTheSourceIsEmpty() throws SQLException {
        sides.source("DELETE FROM items");
        sides.applied();
        assertThat(sides.pass("items").tally().count(RowVerdict.MISSING_SOURCE)).isEqualTo(30);
    }
}
