package io.liteferry.validator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.compare.TableTally;
import io.liteferry.validator.lag.LagWindow;
import io.liteferry.validator.pass.PassResult;
import io.liteferry.validator.pass.PassStart;
import io.liteferry.validator.pass.Verified;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReadinessRulesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final TableProgress STREAMING = TableProgress.pending(1).streaming();
    private static final Plan PLAN = new Plan(
            "shop",
            Options.defaults(),
            List.of(TablePlan.simple(
                    "items",
                    KeyPlan.primaryKey("id"),
                    List.of(ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))))));
    private static final Facts GOOD = new Facts(
            NOW,
            applied(STREAMING),
            Optional.empty(),
            Map.of(),
            lag(900, 60),
            clean(2),
            pass(Map.of(RowVerdict.EQUAL, 5L), Optional.empty(), Duration.ofSeconds(30)),
            verified(2, Duration.ofSeconds(9)),
            Map.of(),
            Map.of(),
            0,
            0);

    private static Optional<AppliedPosition> applied(TableProgress progress) {
        return Optional.of(new AppliedPosition(new Position("l", 1, 2, 3), 4, 5, Map.of("items", progress), true));
    }

    private static Optional<LagWindow.Reading> lag(long millis, long seconds) {
        return Optional.of(new LagWindow.Reading(
                1_000_000,
                Duration.ofMillis(millis).toNanos(),
                Duration.ofSeconds(seconds).toNanos()));
    }

    private static Map<String, Integer> clean(int passes) {
        return Map.of("items", passes);
    }

    private static Map<String, PassResult> pass(
            Map<RowVerdict, Long> counts, Optional<NotComparableException> reason, Duration ago) {
        Instant ended = NOW.minus(ago);
        return Map.of(
                "items",
                new PassResult(
                        new PassStart(7, ended.minusSeconds(10), Optional.of(new Position("l", 1, 2, 3))),
                        ended,
                        Optional.of("era"),
                        new TableTally(5, 5, counts, reason, Optional.empty())));
    }

    private static Optional<Verified> verified(long since, Duration ago) {
        return Optional.of(new Verified(new Position("l", 1, 9, 3), since, NOW.minus(ago), Optional.empty()));
    }

    private static Facts verified(Facts f, Optional<Verified> verified) {
        return new Facts(
                NOW,
                f.applied(),
                f.logBroken(),
                f.windows(),
                f.lag(),
                f.cleanPasses(),
                f.passes(),
                verified,
                f.mismatches(),
                f.quarantined(),
                0,
                0);
    }

    private static Facts with(
            Optional<AppliedPosition> applied,
            Optional<String> broken,
            Optional<LagWindow.Reading> lag,
            int clean,
            Map<String, PassResult> pass,
            Map<String, Map<String, Long>> mismatches,
            Map<String, Long> quarantined,
            long suspended) {
        return new Facts(
                NOW,
                applied,
                broken,
                Map.of(),
                lag,
                clean(clean),
                pass,
                GOOD.verified(),
                mismatches,
                quarantined,
                suspended,
                0);
    }

    static Stream<Arguments> oneThingWrong() {
        Facts g = GOOD;
        Optional<NotComparableException> unread =
                Optional.of(new NotComparableException(NotComparableException.Kind.FOR_NOW, "busy"));
        return Stream.of(
                Arguments.of(
                        "capture_not_paused",
                        with(
                                applied(STREAMING.held("capture is paused")),
                                g.logBroken(),
                                g.lag(),
                                2,
                                g.passes(),
                                Map.of(),
                                Map.of(),
                                0)),
                Arguments.of(
                        "no_schema_window",
                        new Facts(
                                NOW,
                                g.applied(),
                                g.logBroken(),
                                Map.of("items", "2026-01-01T11:00:00Z"),
                                g.lag(),
                                clean(2),
                                g.passes(),
                                g.verified(),
                                Map.of(),
                                Map.of(),
                                0,
                                0)),
                Arguments.of("changes_verified", verified(g, Optional.empty())),
                Arguments.of("changes_verified", verified(g, verified(2, Duration.ofSeconds(11)))),
                Arguments.of("changes_verified", verified(g, verified(3, Duration.ofSeconds(1)))),
                Arguments.of(
                        "snapshot_complete",
                        with(
                                applied(TableProgress.pending(1)),
                                g.logBroken(),
                                g.lag(),
                                2,
                                g.passes(),
                                Map.of(),
                                Map.of(),
                                0)),
                Arguments.of(
                        "change_log_intact",
                        with(g.applied(), Optional.of("restored"), g.lag(), 2, g.passes(), Map.of(), Map.of(), 0)),
                Arguments.of(
                        "lag_p99",
                        with(g.applied(), g.logBroken(), lag(1_000, 60), 2, g.passes(), Map.of(), Map.of(), 0)),
                Arguments.of(
                        "lag_p99", with(g.applied(), g.logBroken(), lag(10, 59), 2, g.passes(), Map.of(), Map.of(), 0)),
                Arguments.of(
                        "lag_p99",
                        with(g.applied(), g.logBroken(), Optional.empty(), 2, g.passes(), Map.of(), Map.of(), 0)),
                Arguments.of(
                        "clean_passes",
                        with(g.applied(), g.logBroken(), g.lag(), 1, g.passes(), Map.of(), Map.of(), 0)),
                Arguments.of(
                        "tables_validated",
                        with(
                                g.applied(),
                                g.logBroken(),
                                g.lag(),
                                2,
                                pass(Map.of(), Optional.empty(), Duration.ofSeconds(601)),
                                Map.of(),
                                Map.of(),
                                0)),
                Arguments.of(
                        "no_mismatch",
                        with(
                                g.applied(),
                                g.logBroken(),
                                g.lag(),
                                2,
                                g.passes(),
                                Map.of("items", Map.of("row_diff", 1L)),
                                Map.of(),
                                0)),
                Arguments.of(
                        "nothing_unknown",
                        with(
                                g.applied(),
                                g.logBroken(),
                                g.lag(),
                                2,
                                pass(Map.of(RowVerdict.UNKNOWN, 1L), unread, Duration.ofSeconds(1)),
                                Map.of(),
                                Map.of(),
                                0)),
                Arguments.of(
                        "quarantine_empty",
                        with(g.applied(), g.logBroken(), g.lag(), 2, g.passes(), Map.of(), Map.of("items", 1L), 0)),
                Arguments.of(
                        "no_rows_detached",
                        with(
                                g.applied(),
                                g.logBroken(),
                                g.lag(),
                                2,
                                pass(Map.of(RowVerdict.DETACHED, 3L), Optional.empty(), Duration.ofSeconds(1)),
                                Map.of(),
                                Map.of(),
                                0)),
                Arguments.of(
                        "no_constraint_suspended",
                        with(g.applied(), g.logBroken(), g.lag(), 2, g.passes(), Map.of(), Map.of(), 1)));
    }

    @Test
    void isReadyWhereNothingIsWrong() {
        assertThat(new ReadinessRules(PLAN).checks(GOOD)).allMatch(Check::ok);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oneThingWrong")
    void isNotReadyForEachReasonAlone(String check, Facts facts) {
        assertThat(new ReadinessRules(PLAN).checks(facts))
                .filteredOn(c -> !c.ok())
                .extracting(Check::name)
                .containsExactly(check);
    }

    @Test
    void isReadyButSaysSoWhereAPersonHasDecidedToGoOnWithoutRows() {
        TablePlan items = PLAN.tables().get(0);
        TablePlan accepting = new TablePlan(
                items.source(),
                items.target(),
                items.key(),
                items.columns(),
                Optional.of(new PartitionPlan.ByList("id", PartitionPlan.Detached.ACCEPTED, 9)),
                List.of(),
                List.of(),
                0,
                true);
        ReadinessRules rules = new ReadinessRules(new Plan("shop", Options.defaults(), List.of(accepting)));
        Facts facts = new Facts(
                NOW,
                GOOD.applied(),
                GOOD.logBroken(),
                Map.of(),
                GOOD.lag(),
                clean(2),
                pass(
                        Map.of(RowVerdict.DETACHED, 3L, RowVerdict.DISCARDED, 2L),
                        Optional.empty(),
                        Duration.ofSeconds(1)),
                GOOD.verified(),
                Map.of(),
                Map.of(),
                0,
                2);
        assertThat(rules.checks(facts)).allMatch(Check::ok);
        assertThat(rules.overrides(facts))
                .containsExactly(
                        "2 rows discarded from the quarantine",
                        "3 rows of table items in detached partitions, accepted by the plan");
        assertThat(rules.overrides(GOOD)).isEmpty();
    }

    @Test
    void isNotReadyWithASuspendedTable() {
        Facts facts = with(
                applied(STREAMING.suspended("why")),
                Optional.empty(),
                GOOD.lag(),
                2,
                GOOD.passes(),
                Map.of(),
                Map.of(),
                0);
        assertThat(new ReadinessRules(PLAN).checks(facts))
                .filteredOn(c -> !c.ok())
                .extracting(Check::name)
                .containsExactly("snapshot_complete", "no_table_suspended");
    }

    @Test
    void isNotReadyBeforeAnythingWasMeasured() {
        Facts facts = with(Optional.empty(), Optional.empty(), Optional.empty(), 0, Map.of(), Map.of(), Map.of(), 0);
        assertThat(new ReadinessRules(PLAN).checks(facts))
                .filteredOn(c -> !c.ok())
                .extracting(Check::name)
                .containsExactly(
                        "snapshot_complete",
                        "change_log_intact",
                        "lag_p99",
                        "clean_passes",
                        "tables_validated",
                        "changes_verified");
    }

    @Test
    void tablesThatWereComparedTooLongAgoAreNamedWithTheirAgeAndTheirOwnLimit() {
        List<TablePlan> tables = Stream.of("items", "huge", "old", "never")
                .map(n -> TablePlan.simple(
                        n, KeyPlan.rowid(), List.of(ColumnPlan.plain("a", TargetType.of(TargetType.Kind.TEXT)))))
                .toList();
        PassResult recent = Objects.requireNonNull(GOOD.passes().get("items"));
        PassStart longAgo =
                new PassStart(7, NOW.minusSeconds(2_000), recent.start().from());
        Map<String, PassResult> passes = Map.of(
                "items",
                recent,
                // It took 1,200 s, so that it may be 2,400 s old.
                "huge",
                new PassResult(longAgo, NOW.minusSeconds(800), recent.era(), recent.tally()),
                "old",
                new PassResult(longAgo, NOW.minusSeconds(1_999), recent.era(), recent.tally()));
        Facts facts = with(GOOD.applied(), GOOD.logBroken(), GOOD.lag(), 2, passes, Map.of(), Map.of(), 0);
        Check check = new ReadinessRules(new Plan("shop", Options.defaults(), tables))
                .checks(facts).stream()
                        .filter(c -> c.name().equals("tables_validated"))
                        .findFirst()
                        .orElseThrow();
        assertThat(check.ok()).isFalse();
        assertThat(check.value()).isEqualTo("2 of 4 too long ago: old (1999 s ago, limit 600 s), never (never)");
    }

    static Stream<Arguments> oneThingWrongInReverse() {
        return oneThingWrong()
                .filter(a -> !List.of(
                                "capture_not_paused",
                                "no_schema_window",
                                "snapshot_complete",
                                "lag_p99",
                                "no_constraint_suspended")
                        .contains((String) a.get()[0]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oneThingWrongInReverse")
    void aRollbackIsNotReadyForEachReasonAlone(String check, Facts facts) {
        ReadinessRules rules = new ReadinessRules(PLAN);
        assertThat(rules.reverse(GOOD, 0)).allMatch(Check::ok);
        assertThat(rules.reverse(GOOD, 1))
                .filteredOn(c -> !c.ok())
                .extracting(Check::name)
                .containsExactly("source_quarantine_empty");
        assertThat(rules.reverse(facts, 0))
                .filteredOn(c -> !c.ok())
                .extracting(Check::name)
                .containsExactly(check);
    }

    @Test
    void eachCheckSaysWhatItMustBeAndWhichCommandHelps() {
        assertThat(new ReadinessRules(PLAN).checks(GOOD)).allSatisfy(c -> {
            assertThat(c.value()).as(c.name()).isNotBlank();
            assertThat(c.limit()).as(c.name()).isNotBlank();
            assertThat(c.help()).as(c.name()).startsWith("liteferry ");
        });
    }
}
