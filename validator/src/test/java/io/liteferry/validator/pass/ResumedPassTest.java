package io.liteferry.validator.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Position;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.validator.TwoSides;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.lag.LagWindow;
import io.liteferry.validator.verdict.VerdictWatch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every run here is that of a validator that has just been started: nothing is kept but what stands in PostgreSQL. */
class ResumedPassTest {
    private static final Duration ONE_RANGE = Duration.ZERO;
    private static final Duration TO_THE_END = Duration.ofMinutes(1);
    private static final int ROWS = 100;
    /** The last one finds the end. */
    private static final int RANGES = ROWS / 10;

    @TempDir
    Path folder;

    private TwoSides sides;

    private static TablePlan table(String name) {
        return TablePlan.simple(
                name,
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("name", TargetType.of(Kind.TEXT))));
    }

    @BeforeEach
    void twoEqualTables() throws SQLException {
        Map<String, String> ranges = Map.of(Options.VALIDATION_RANGE_ROWS, "10");
        sides = new TwoSides(folder, ranges, table("items"), table("orders"));
        for (String name : List.of("items", "orders")) {
            sides.source("CREATE TABLE " + name + "(id INTEGER PRIMARY KEY, name TEXT)");
            sides.source("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + ROWS
                    + ") INSERT INTO " + name + " SELECT i, 'x' FROM n");
            sides.target("CREATE TABLE " + name + "(id bigint PRIMARY KEY, name text)");
            sides.target("INSERT INTO " + name + " SELECT i, 'x' FROM generate_series(1, " + ROWS + ") i");
        }
        sides.triggers(1, "items", "id");
        sides.triggers(2, "orders", "id");
        sides.applied();
    }

    @AfterEach
    void closeBothSides() throws SQLException {
        sides.close();
    }

    private static boolean run(TwoSides sides, Plan plan, Duration most, Clock clock) {
        Progress progress = new Progress();
        progress.remember(() -> new ResultStore(PgConnections.of(plan.options()), TwoSides.NAME));
        ValidationMetrics metrics = new ValidationMetrics(new SimpleMeterRegistry(), plan, progress);
        try (Comparison comparison = new Comparison(plan, sides.turnsMissed);
                ResultStore store = new ResultStore(PgConnections.of(plan.options()), TwoSides.NAME)) {
            return new FullPass(plan, comparison, store, progress, metrics, new Pace(Long.MAX_VALUE), clock).run(most);
        }
    }

    private boolean run(Duration most) {
        return run(sides, sides.plan, most, Clock.systemUTC());
    }

    private String passes() throws SQLException {
        return sides.targetValue("SELECT string_agg(table_name || ' ' || pass || ' ' || equal || ' ' || row_diff, ', '"
                + " ORDER BY pass, table_name) FROM liteferry.validation_pass");
    }

    private String standing() throws SQLException {
        Progress progress = new Progress();
        ValidationMetrics metrics = new ValidationMetrics(new SimpleMeterRegistry(), sides.plan, progress);
        progress.remember(() -> new ResultStore(PgConnections.of(sides.plan.options()), TwoSides.NAME));
        try (VerdictWatch watch = new VerdictWatch(
                sides.plan, progress, new LagWindow(1_000, 100), metrics, Clock.systemUTC(), d -> {})) {
            watch.look();
        }
        return sides.targetValue(
                "SELECT string_agg(t->'validation'->>'state' || ' ' || (t->'validation'->>'since'), ', ')"
                        + " || (SELECT string_agg(c->>'value' || ' ' || (c->>'since'), ', ')"
                        + " FROM jsonb_array_elements(document->'checks') c WHERE c->>'check' IN ('clean_passes', 'no_mismatch'))"
                        + " FROM liteferry.verdict, jsonb_array_elements(document->'tables') t GROUP BY document");
    }

    @Test
    void aPassThatIsLeftAfterEachRangeComparesEachRowOnceAndEndsClean() throws SQLException {
        int runs = 1;
        while (!run(ONE_RANGE)) {
            runs++;
            assertThat(runs).isLessThanOrEqualTo(2 * RANGES);
        }
        assertThat(runs).isEqualTo(2 * RANGES);
        assertThat(passes()).isEqualTo("items 1 100 0, orders 1 100 0");
        assertThat(sides.targetValue("SELECT string_agg(clean::text, ' ') FROM liteferry.validation_table"
                        + " WHERE underway IS NULL"))
                .isEqualTo("1 1");
    }

    @Test
    void whatWasComparedBeforeARestartIsNotReadAgainInThatPassButInTheNext() throws SQLException {
        assertThat(run(ONE_RANGE)).isFalse();
        sides.target("UPDATE items SET name = 'y' WHERE id = 5");
        assertThat(run(TO_THE_END)).isTrue();
        assertThat(passes()).isEqualTo("items 1 100 0, orders 1 100 0");
        assertThat(run(TO_THE_END)).isTrue();
        assertThat(passes()).isEqualTo("items 1 100 0, orders 1 100 0, items 2 99 1, orders 2 100 0");
    }

    @Test
    void rowsThatWereInFlightAtTheRestartAreLookedAtAgain() throws SQLException {
        sides.source("UPDATE items SET name = 'z' WHERE id = 5");
        assertThat(run(ONE_RANGE)).isFalse();
        assertThat(sides.targetValue("SELECT jsonb_array_length(underway->'place'->'pending')"
                        + " FROM liteferry.validation_table WHERE table_name = 'items'"))
                .isEqualTo("1");
        sides.target("UPDATE items SET name = 'y' WHERE id = 5");
        sides.applied();
        assertThat(run(TO_THE_END)).isTrue();
        assertThat(passes()).isEqualTo("items 1 99 1, orders 1 100 0");
    }

    @Test
    void statesAndChecksStandSinceBeforeTheRestart() throws SQLException {
        run(TO_THE_END);
        run(TO_THE_END);
        String before = standing();
        assertThat(before).startsWith("in_sync ").contains("2 in a row");
        assertThat(standing()).isEqualTo(before);
        sides.target("INSERT INTO liteferry.validation_mismatch (source, table_name, key, key_text, kind, columns,"
                + " found_at, last_seen_at, verified_at) VALUES ('shop', 'items', '\\x0102', '1', 'row_diff', '{}',"
                + " now(), now(), now())");
        assertThat(standing()).contains("0 in a row: items");
    }

    /** What happens while no validator runs. */
    private interface Meanwhile {
        void happens(TwoSides sides) throws SQLException;
    }

    static Stream<Arguments> whatUndoesAPass() {
        Meanwhile nothing = sides -> {};
        Meanwhile again = sides -> {
            sides.progress(
                    "items",
                    TableProgress.pending(0).again(new RecordTag(1, 9, 0)).streaming());
            sides.applied();
        };
        Meanwhile schema = sides -> {
            sides.source("CREATE INDEX by_name ON items(name)");
            sides.applied();
        };
        Meanwhile unfollowed = sides -> {
            try (ResultStore store = new ResultStore(PgConnections.of(sides.plan.options()), TwoSides.NAME)) {
                store.verified(new Verified(
                        new Position(TwoSides.LOG_IDENTITY, 1, 9_000, 1), 9_000, Instant.EPOCH, Optional.empty()));
            }
        };
        Clock now = Clock.systemUTC();
        TablePlan other = TablePlan.simple(
                "items",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("name", TargetType.of(Kind.TEXT)).comparedByBytes()));
        return Stream.of(
                Arguments.of("the table was snapshotted again", again, Optional.empty(), now),
                Arguments.of("the schema is another", schema, Optional.empty(), now),
                Arguments.of("the log was not followed", unfollowed, Optional.empty(), now),
                Arguments.of("the plan is another", nothing, Optional.of(other), now),
                Arguments.of(
                        "it was left too long ago",
                        nothing,
                        Optional.empty(),
                        Clock.offset(Clock.systemUTC(), Duration.ofMinutes(11))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatUndoesAPass")
    void aPassBeginsAnewWhere(String why, Meanwhile meanwhile, Optional<TablePlan> planned, Clock clock)
            throws SQLException {
        run(ONE_RANGE);
        sides.target("UPDATE items SET name = 'y' WHERE id = 5");
        meanwhile.happens(sides);
        Plan plan = planned.map(t -> new Plan(TwoSides.NAME, sides.plan.options(), List.of(t, table("orders"))))
                .orElse(sides.plan);
        assertThat(run(sides, plan, TO_THE_END, clock)).as(why).isTrue();
        assertThat(passes()).isEqualTo("items 1 99 1, orders 1 100 0");
    }

    @Test
    void aSmallTableIsComparedAgainAndAgainWhileALargeOneBeforeItTakesLong() throws SQLException {
        sides.source("WITH RECURSIVE n(i) AS (SELECT 101 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                + " INSERT INTO items SELECT i, 'x' FROM n");
        sides.target("INSERT INTO items SELECT i, 'x' FROM generate_series(101, 3000) i");
        sides.applied();
        // The limit is a second, the large table takes three.
        Plan plan = new Plan(
                TwoSides.NAME,
                sides.plan.options().with(Options.VALIDATION_READY_MAX_AGE_MS, "1000"),
                sides.plan.tables());
        Progress progress = new Progress();
        ValidationMetrics metrics = new ValidationMetrics(new SimpleMeterRegistry(), plan, progress);
        try (Comparison comparison = new Comparison(plan, sides.turnsMissed);
                ResultStore store = new ResultStore(PgConnections.of(plan.options()), TwoSides.NAME)) {
            new FullPass(plan, comparison, store, progress, metrics, new Pace(1_000), Clock.systemUTC()).run();
        }
        assertThat(sides.targetValue("SELECT string_agg(equal::text, ' ') FROM liteferry.validation_pass"
                        + " WHERE table_name = 'items'"))
                .isEqualTo("3000");
        assertThat(sides.targetValue("SELECT count(*) >= 2 AND bool_and(pass = 1) AND bool_and(equal = 100)"
                        + " AND max(ended_at) < (SELECT ended_at FROM liteferry.validation_pass WHERE table_name = 'items')"
                        + " FROM liteferry.validation_pass WHERE table_name = 'orders'"))
                .isEqualTo("t");
    }
}
