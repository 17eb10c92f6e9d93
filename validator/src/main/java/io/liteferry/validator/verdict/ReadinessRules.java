package io.liteferry.validator.verdict;

import io.liteferry.core.change.TableProgress;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.pass.PassResult;
import io.liteferry.validator.pass.Verified;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The conditions of READY. All of them must hold; each stands for itself. */
final class ReadinessRules {
    private static final String STATUS = "liteferry status --config migration.yaml";
    private static final String RUN = "liteferry run all --config migration.yaml";

    private static final String QUARANTINE = "liteferry quarantine list --config migration.yaml";
    private static final String CLOSE_WINDOW = "liteferry schema-window close --config migration.yaml";
    private static final String RESUME = "liteferry signal resume --config migration.yaml";

    private final Plan plan;
    private final long maxLagMillis;
    private final long stableMillis;
    private final int cleanPasses;
    private final Duration maxUnverified;
    private final Duration maxAge;

    ReadinessRules(Plan plan) {
        this.plan = plan;
        Options o = plan.options();
        this.maxLagMillis = o.number(Options.VALIDATION_READY_MAX_LAG_MS);
        this.stableMillis = o.number(Options.VALIDATION_READY_STABLE_MS);
        this.cleanPasses = o.integer(Options.VALIDATION_READY_CLEAN_PASSES);
        this.maxUnverified = Duration.ofMillis(o.number(Options.VALIDATION_READY_MAX_UNVERIFIED_MS));
        this.maxAge = Duration.ofMillis(o.number(Options.VALIDATION_READY_MAX_AGE_MS));
    }

    List<Check> checks(Facts f) {
        return List.of(
                snapshot(f),
                suspendedTables(f),
                window(f),
                paused(f),
                log(f),
                lag(f),
                cleanPasses(f),
                tablesValidated(f),
                changes(f),
                mismatches(f),
                unknown(f),
                quarantine(f),
                partitions(f),
                constraints(f));
    }

    /**
     * While PostgreSQL is written: whether nothing would be lost by a rollback. That the reverse feed runs shows in how far
     * changes are verified: each second a mark goes all its way.
     *
     * @param setAside rows of PostgreSQL that the source cannot hold
     */
    List<Check> reverse(Facts f, long setAside) {
        Check aside = new Check("source_quarantine_empty", setAside == 0, setAside + " rows", "0 rows", STATUS);
        return List.of(
                log(f),
                cleanPasses(f),
                tablesValidated(f),
                changes(f),
                mismatches(f),
                unknown(f),
                quarantine(f),
                partitions(f),
                aside);
    }

    private TableProgress.State state(Facts f, TablePlan table) {
        return f.applied()
                .map(a -> a.tables().get(table.source()))
                .map(TableProgress::state)
                .orElse(TableProgress.State.PENDING);
    }

    private Check snapshot(Facts f) {
        long complete = plan.tables().stream()
                .filter(t -> state(f, t) == TableProgress.State.STREAMING)
                .count();
        return new Check(
                "snapshot_complete",
                complete == plan.tables().size(),
                complete + " of " + plan.tables().size() + " tables complete in the target" + held(f),
                "all",
                RUN);
    }

    /** Why snapshots get on more slowly or not at all. */
    private static String held(Facts f) {
        return f.applied().stream()
                .flatMap(a -> a.tables().values().stream())
                .filter(t -> t.state() == TableProgress.State.PENDING || t.state() == TableProgress.State.SNAPSHOT)
                .map(TableProgress::reason)
                .filter(Objects::nonNull)
                .findFirst()
                .map(why -> "; " + why)
                .orElse("");
    }

    private Check suspendedTables(Facts f) {
        List<String> suspended = plan.tables().stream()
                .filter(t -> state(f, t) == TableProgress.State.SUSPENDED)
                .map(TablePlan::source)
                .toList();
        return new Check("no_table_suspended", suspended.isEmpty(), suspended.size() + names(suspended), "0", STATUS);
    }

    /** Read from the source itself: holds from the moment it is opened, whether capture runs or not. */
    private Check window(Facts f) {
        List<String> open = plan.tables().stream()
                .map(TablePlan::source)
                .filter(f.windows()::containsKey)
                .map(t -> t + " since " + f.windows().get(t))
                .toList();
        return new Check(
                "no_schema_window",
                open.isEmpty(),
                open.isEmpty() ? "none is open" : "open on " + String.join(", ", open),
                "closed by liteferry schema-window close",
                CLOSE_WINDOW);
    }

    /** A table that streams has a reason only where all of capture is held. */
    private Check paused(Facts f) {
        Optional<String> why = f.applied()
                .flatMap(a -> a.tables().values().stream()
                        .filter(t -> t.state() == TableProgress.State.STREAMING)
                        .map(TableProgress::reason)
                        .filter(Objects::nonNull)
                        .findFirst());
        return new Check("capture_not_paused", why.isEmpty(), why.orElse("not paused"), "not paused", RESUME);
    }

    private Check log(Facts f) {
        return new Check(
                "change_log_intact",
                f.applied().isPresent() && f.logBroken().isEmpty(),
                f.logBroken()
                        .orElse(
                                f.applied().isPresent()
                                        ? "continues from the applied position"
                                        : "no batch applied yet"),
                "continues from the applied position",
                STATUS);
    }

    private Check lag(Facts f) {
        boolean covered = f.lag()
                .filter(r -> r.covered() >= TimeUnit.MILLISECONDS.toNanos(stableMillis))
                .isPresent();
        boolean low = f.lag()
                .filter(r -> r.p99() < TimeUnit.MILLISECONDS.toNanos(maxLagMillis))
                .isPresent();
        String value = f.lag()
                .map(r -> seconds(r.p99()) + " over " + seconds(r.covered()))
                .orElse("not measured yet");
        return new Check(
                "lag_p99",
                covered && low,
                value,
                "below " + seconds(TimeUnit.MILLISECONDS.toNanos(maxLagMillis)) + " over "
                        + seconds(TimeUnit.MILLISECONDS.toNanos(stableMillis)),
                STATUS);
    }

    private Check cleanPasses(Facts f) {
        int fewest = plan.tables().stream().mapToInt(t -> clean(f, t)).min().orElse(cleanPasses);
        List<String> lacking = plan.tables().stream()
                .filter(t -> clean(f, t) < cleanPasses)
                .map(TablePlan::source)
                .toList();
        return new Check(
                "clean_passes",
                lacking.isEmpty(),
                fewest + " in a row" + names(lacking),
                "at least " + cleanPasses + " over each table",
                STATUS);
    }

    private static int clean(Facts f, TablePlan table) {
        return f.cleanPasses().getOrDefault(table.source(), 0);
    }

    /** Each table for itself: one that takes long has twice its own time. */
    private Check tablesValidated(Facts f) {
        List<String> late = new ArrayList<>();
        Duration oldest = Duration.ZERO;
        for (TablePlan table : plan.tables()) {
            PassResult pass = f.passes().get(table.source());
            if (pass == null) {
                late.add(table.source() + " (never)");
                continue;
            }
            Duration age = Duration.between(pass.ended(), f.at());
            Duration twice = pass.took().multipliedBy(2);
            Duration limit = maxAge.compareTo(twice) > 0 ? maxAge : twice;
            oldest = age.compareTo(oldest) > 0 ? age : oldest;
            if (age.compareTo(limit) > 0) {
                late.add(table.source() + " (" + age.toSeconds() + " s ago, limit " + limit.toSeconds() + " s)");
            }
        }
        return new Check(
                "tables_validated",
                late.isEmpty(),
                late.isEmpty()
                        ? "each ended at most " + oldest.toSeconds() + " s ago"
                        : late.size() + " of " + plan.tables().size() + " too long ago" + names(late),
                "each at most " + maxAge.toSeconds() + " s ago, or twice the time it takes",
                RUN);
    }

    /** With a clean pass that began no earlier than they are counted, they have seen every row. */
    private Check changes(Facts f) {
        Optional<Duration> age = f.verified().map(v -> Duration.between(v.asOf(), f.at()));
        List<String> before = plan.tables().stream()
                .map(TablePlan::source)
                .filter(t -> !continues(f, t))
                .toList();
        boolean continues = before.isEmpty();
        String value = age.map(a -> a.compareTo(maxUnverified) <= 0
                        ? "verified as of " + seconds(a.toNanos()) + " ago"
                                + (continues ? "" : ", not from before the last pass began" + names(before))
                        : "not verified for " + seconds(maxUnverified.toNanos())
                                + f.verified()
                                        .flatMap(Verified::waiting)
                                        .map(w -> ": " + w)
                                        .orElse(""))
                .orElse("none is verified yet");
        return new Check(
                "changes_verified",
                continues && age.filter(a -> a.compareTo(maxUnverified) <= 0).isPresent(),
                value,
                "as of at most " + seconds(maxUnverified.toNanos()) + " ago, from before the last pass began",
                STATUS);
    }

    private static boolean continues(Facts f, String table) {
        return Optional.ofNullable(f.passes().get(table))
                .flatMap(p -> p.start().from())
                .filter(from -> f.verified().filter(v -> v.continues(from)).isPresent())
                .isPresent();
    }

    private Check mismatches(Facts f) {
        List<String> tables = f.mismatches().keySet().stream()
                .filter(t -> f.mismatches(t) > 0)
                .sorted()
                .toList();
        long rows = tables.stream().mapToLong(f::mismatches).sum();
        return new Check(
                "no_mismatch",
                rows == 0,
                rows + " rows" + names(tables),
                "0 rows",
                "liteferry repair " + (tables.isEmpty() ? "TABLE" : tables.get(0)) + " --config migration.yaml");
    }

    private Check unknown(Facts f) {
        List<String> unknown = f.passes().entrySet().stream()
                .filter(e -> e.getValue().tally().count(RowVerdict.UNKNOWN) > 0)
                .map(e -> e.getKey() + " ("
                        + e.getValue()
                                .tally()
                                .reason()
                                .map(NotComparableException::reason)
                                .orElse("rows could not be read")
                        + ")")
                .sorted()
                .toList();
        return new Check("nothing_unknown", unknown.isEmpty(), unknown.size() + names(unknown), "0", STATUS);
    }

    private Check quarantine(Facts f) {
        List<String> tables = f.quarantined().keySet().stream().sorted().toList();
        long rows = f.quarantined().values().stream().mapToLong(Long::longValue).sum();
        return new Check("quarantine_empty", rows == 0, rows + " rows" + names(tables), "0 rows", QUARANTINE);
    }

    private Check partitions(Facts f) {
        List<String> tables = f.detached().keySet().stream()
                .filter(t -> !accepts(t))
                .map(t -> t + " (" + f.detached().get(t) + ")")
                .toList();
        return new Check(
                "no_rows_detached",
                tables.isEmpty(),
                "rows of detached partitions in " + tables.size() + " tables" + names(tables),
                "0, or detached: accepted in the migration file",
                STATUS);
    }

    private boolean accepts(String table) {
        return plan.table(table)
                .flatMap(TablePlan::partition)
                .filter(p -> p.detached() == PartitionPlan.Detached.ACCEPTED)
                .isPresent();
    }

    /** What a person has decided to go on without: a verdict of READY names it. */
    List<String> overrides(Facts f) {
        List<String> overrides = new ArrayList<>();
        if (f.discarded() > 0) {
            overrides.add(f.discarded() + " rows discarded from the quarantine");
        }
        f.detached().forEach((table, rows) -> {
            if (accepts(table)) {
                overrides.add(rows + " rows of table " + table + " in detached partitions, accepted by the plan");
            }
        });
        return overrides;
    }

    private Check constraints(Facts f) {
        return new Check(
                "no_constraint_suspended",
                f.suspendedConstraints() == 0,
                f.suspendedConstraints() + " suspended",
                "0",
                STATUS);
    }

    private static String names(List<String> names) {
        return names.isEmpty() ? "" : names.stream().limit(5).collect(Collectors.joining(", ", ": ", ""));
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }
}
