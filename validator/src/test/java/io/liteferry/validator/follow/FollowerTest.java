package io.liteferry.validator.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.liteferry.core.change.Position;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.validator.TwoSides;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Moments;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.pass.ResultStore;
import io.liteferry.validator.pass.Verified;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final Set<String> found = new HashSet<>();
    private TwoSides sides;
    private Comparison comparison;
    private ResultStore store;
    private Follower follower;

    @BeforeEach
    void fillBothSides() throws SQLException {
        TablePlan items = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))
                                .notNull(),
                        ColumnPlan.plain("name", TargetType.of(TargetType.Kind.TEXT))));
        sides = new TwoSides(folder, Map.of(), items);
        sides.source("CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT)");
        sides.source("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
                + " INSERT INTO items SELECT i, 'n' || i FROM n");
        sides.triggers(1, "items", "id");
        sides.target("CREATE TABLE items(id bigint PRIMARY KEY, name text)");
        sides.target("INSERT INTO items SELECT i, 'n' || i FROM generate_series(1, 30) i");
        sides.applied();
        open(new Moments());
        follower.step();
    }

    private void open(Moments moments) {
        comparison = sides.comparison();
        store = new ResultStore(PgConnections.of(sides.plan.options()), TwoSides.NAME);
        follower = new Follower(
                sides.plan,
                comparison,
                store,
                moments,
                (table, findings) -> findings.forEach(f -> found.add(f.verdict().label() + " "
                        + f.suspect().key()
                        + (f.columns().isEmpty() ? "" : " " + f.columns()))),
                rows -> {},
                new Pace(Long.MAX_VALUE),
                Clock.systemUTC());
    }

    private void close() {
        comparison.close();
        store.close();
    }

    @AfterEach
    void closeBothSides() throws SQLException {
        close();
        sides.close();
    }

    private void change(long id, String there, String here) throws SQLException {
        sides.source("UPDATE items SET name = '" + there + "' WHERE id = " + id);
        sides.target("UPDATE items SET name = '" + here + "' WHERE id = " + id);
    }

    private Position newest() throws SQLException {
        sides.applied();
        return new Position(
                TwoSides.LOG_IDENTITY,
                1,
                Long.parseLong(sides.targetValue("SELECT seq FROM liteferry.applied")),
                Long.parseLong(sides.targetValue("SELECT fingerprint FROM liteferry.applied")));
    }

    private Verified verified() {
        return follower.verified().orElseThrow();
    }

    @Test
    void whatWasCommittedInOneTurnIsVerifiedInAnother() throws SQLException {
        Moments moments = new Moments();
        turn(moments);
        Instant asOf = follower.verified().orElseThrow().asOf();
        sides.source("UPDATE items SET name = 'x' WHERE id = 1");
        turn(moments);
        sides.target("UPDATE items SET name = 'x' WHERE id = 1");
        sides.applied();
        // A source that is always written is never followed to its very end.
        sides.source("UPDATE items SET name = 'y' WHERE id = 2");
        turn(moments);
        assertThat(follower.verified().orElseThrow().asOf()).isAfter(asOf);
    }

    private void turn(Moments moments) {
        close();
        open(moments);
        follower.step();
    }

    @Test
    void verifiesAChangedRowAsSoonAsItIsApplied() throws SQLException {
        change(7, "new", "new");
        sides.source("DELETE FROM items WHERE id = 8");
        sides.target("DELETE FROM items WHERE id = 8");
        Position newest = newest();
        follower.step();
        assertThat(verified().position()).isEqualTo(newest);
        assertThat(found).isEmpty();
    }

    @Test
    void findsAChangeThatArrivedWrongAndDoesNotPassIt() throws SQLException {
        change(6, "new", "new");
        Position before = newest();
        follower.step();
        change(7, "new", "bad");
        sides.applied();
        follower.step();
        change(8, "new", "new");
        sides.source("DELETE FROM items WHERE id = 9");
        sides.source("INSERT INTO items VALUES (31, 'added')");
        Position newest = newest();
        follower.step();
        assertThat(found).containsExactlyInAnyOrder("row_diff 7 [name]", "missing_source 9", "missing_target 31");
        assertThat(verified().position()).isEqualTo(before);

        sides.target("DELETE FROM items WHERE id = 9");
        sides.target("UPDATE items SET name = 'new' WHERE id = 7");
        sides.target("INSERT INTO items VALUES (31, 'added')");
        await().atMost(PATIENCE).untilAsserted(() -> {
            follower.step();
            assertThat(verified().position()).isEqualTo(newest);
        });
    }

    @Test
    void leavesAKeyThatTheLogNamesAgainToItsNewerRow() throws SQLException {
        sides.source("UPDATE items SET name = 'first' WHERE id = 7");
        Position first = newest();
        sides.source("UPDATE items SET name = 'second' WHERE id = 7");
        follower.step();
        assertThat(found).isEmpty();
        assertThat(verified().position()).isEqualTo(first);
        sides.applied();
        follower.step();
        assertThat(found).containsExactly("row_diff 7 [name]");
        assertThat(verified().position()).isEqualTo(first);
    }

    /** A key that differs is logged again before it was repaired: its newer row is the one to look at. */
    @Test
    void letsGoOfAKeyThatIsLoggedAgain() throws SQLException {
        change(7, "new", "bad");
        Position first = newest();
        follower.step();
        sides.source("UPDATE items SET name = 'newer' WHERE id = 7");
        await().atMost(PATIENCE).untilAsserted(() -> {
            follower.step();
            assertThat(verified().position()).isEqualTo(first);
        });
        sides.target("UPDATE items SET name = 'newer' WHERE id = 7");
        Position newest = newest();
        follower.step();
        assertThat(verified().position()).isEqualTo(newest);
    }

    @Test
    void goesOnWhereItWasAfterARestart() throws SQLException {
        change(7, "new", "bad");
        sides.applied();
        follower.step();
        assertThat(follower.catchUp(Duration.ZERO)).isFalse();
        Verified before = verified();
        close();
        change(8, "new", "bad");
        sides.applied();
        found.clear();
        open(new Moments());
        assertThat(verified().position()).isEqualTo(before.position());
        assertThat(verified().since()).isEqualTo(before.since());
        follower.step();
        assertThat(found).containsExactlyInAnyOrder("row_diff 7 [name]", "row_diff 8 [name]");
    }

    @Test
    void countsAnewWhereTheLogWasPrunedPastIt() throws SQLException {
        change(7, "new", "new");
        change(8, "new", "new");
        Position newest = newest();
        sides.source("DELETE FROM _liteferry_log WHERE seq < " + newest.seq());
        follower.step();
        assertThat(verified().position()).isEqualTo(newest);
        assertThat(verified().since()).isEqualTo(newest.seq());
        assertThat(verified().continues(new Position(TwoSides.LOG_IDENTITY, 1, newest.seq() - 1, 0)))
                .isFalse();
        assertThat(verified().continues(newest)).isTrue();
    }

    @Test
    void countsAnewFromWhereTheTriggersOfATableWereMadeAgain() throws SQLException {
        sides.source("INSERT INTO _liteferry_log(tbl, op, r, k0) VALUES (0, 5, random(), 1)");
        Position remade = newest();
        follower.step();
        change(7, "new", "new");
        Position newest = newest();
        follower.step();
        assertThat(verified().since()).isEqualTo(remade.seq());
        assertThat(verified().position()).isEqualTo(newest);
    }

    @Test
    void countsAnewBehindChangesOfATableThatIsCopiedAgain() throws SQLException {
        change(7, "new", "old");
        sides.progress("items", TableProgress.pending(30));
        Position newest = newest();
        follower.step();
        assertThat(found).isEmpty();
        assertThat(verified().since()).isEqualTo(newest.seq());
    }

    @Test
    void waitsWhileTheSchemaOfTheSourceIsAhead() throws SQLException {
        Position before = verified().position();
        change(7, "new", "new");
        sides.applied();
        sides.source("ALTER TABLE items ADD COLUMN extra TEXT");
        follower.step();
        assertThat(verified().position()).isEqualTo(before);
        assertThat(verified().waiting()).hasValueSatisfying(w -> assertThat(w).contains("schema is at version"));
        Position newest = newest();
        follower.step();
        assertThat(verified().position()).isEqualTo(newest);
        assertThat(verified().waiting()).isEmpty();
    }

    @Test
    void doesNotPassARowInQuarantineUntilItIsDiscarded() throws SQLException {
        Position before = verified().position();
        change(7, "new", "old");
        Position newest = newest();
        String key = java.util.HexFormat.of()
                .formatHex(RowKey.of(List.of(new SqliteValue.Int(7))).packed());
        sides.target("INSERT INTO liteferry.quarantine (source, table_name, key, key_text, record, topic, kafka_offset,"
                + " sqlstate, reason) VALUES ('shop', 'items', '\\x" + key + "', '7', '', 't', 1, '22001', 'r')");
        follower.step();
        assertThat(found).isEmpty();
        assertThat(verified().position()).isEqualTo(before);
        sides.target("UPDATE liteferry.quarantine SET discarded_at = now()");
        await().atMost(PATIENCE).untilAsserted(() -> {
            follower.step();
            assertThat(verified().position()).isEqualTo(newest);
        });
    }

    @Test
    void provesEveryKeyAboveTheVerifiedPositionWhileTheSourceIsHeld() throws Exception {
        change(7, "new", "new");
        change(8, "new", "new");
        Position to = newest();
        sides.source("BEGIN IMMEDIATE");
        sides.source("CREATE TRIGGER fence BEFORE INSERT ON items BEGIN SELECT RAISE(ABORT, 'migration fence'); END");
        assertThat(follower.prove(to)).isEmpty();
        sides.target("UPDATE items SET name = 'bad' WHERE id = 8");
        assertThat(follower.prove(to).get("items"))
                .extracting(f -> f.suspect().key().toString())
                .containsExactly("8");
        sides.source("ROLLBACK");
    }

    @Test
    void doesNotProveWhereChangesAreCountedAnewSinceItWasOpened() throws SQLException {
        close();
        open(new Moments());
        sides.source("INSERT INTO _liteferry_log(tbl, op, r, k0) VALUES (0, 5, random(), 1)");
        Position newest = newest();
        follower.step();
        assertThatThrownBy(() -> follower.prove(newest)).hasMessageContaining("counted anew");
    }

    @Test
    void doesNotProveWhatHasNotArrived() throws SQLException {
        Position applied = newest();
        change(7, "new", "new");
        assertThatThrownBy(() -> follower.prove(applied)).isInstanceOf(NotComparableException.class);
    }

    @Test
    void catchesUpInStretchesWithABulkUpdate() throws SQLException {
        bulk(100_000);
    }

    @Test
    @Tag("long")
    void catchesUpInStretchesWithAMillionRows() throws SQLException {
        bulk(1_000_000);
    }

    private void bulk(int rows) throws SQLException {
        sides.source("BEGIN");
        try (PreparedStatement ps = sides.sqlite.prepareStatement("INSERT INTO items VALUES (?, 'bulk')")) {
            for (int i = 0; i < rows; i++) {
                ps.setInt(1, 100 + i);
                ps.addBatch();
            }
            ps.executeBatch();
        }
        sides.source("COMMIT");
        sides.target("INSERT INTO items SELECT 99 + i, 'bulk' FROM generate_series(1, " + rows + ") i");
        sides.target("UPDATE items SET name = 'bad' WHERE id = " + (99 + rows));
        Position newest = newest();
        await().atMost(PATIENCE.multipliedBy(10)).until(() -> !follower.step());
        assertThat(found).containsExactly("row_diff " + (99 + rows) + " [name]");
        assertThat(verified().position().seq()).isBetween(newest.seq() - 1_000, newest.seq() - 1);
        sides.target("UPDATE items SET name = 'bulk' WHERE id = " + (99 + rows));
        assertThat(follower.catchUp(PATIENCE)).isTrue();
        assertThat(verified().position()).isEqualTo(newest);
    }
}
