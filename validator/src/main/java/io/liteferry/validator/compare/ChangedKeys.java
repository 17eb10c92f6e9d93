package io.liteferry.validator.compare;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the rows that were changed, stretch by stretch, each stretch in one pair of snapshots: those that the change log
 * names below the applied position, or while PostgreSQL is written those that the reverse feed names below SQLite's. A key
 * that is named again above is not judged: a later stretch names it.
 */
public final class ChangedKeys {
    private static final int FEWEST_KEYS = 16;

    private final Comparison sides;
    private final Plan plan;
    private final Clock clock;
    private final Moments moments;
    private int keysInTime = Integer.MAX_VALUE;

    /** @param plan of one source, as it was written */
    public ChangedKeys(Comparison sides, Plan plan, Moments moments, Clock clock) {
        this.sides = sides;
        this.plan = plan;
        this.moments = moments;
        this.clock = clock;
    }

    /** What was committed on the side that is written before {@code at} was named at or below {@code seq}. */
    public record Sample(long seq, Instant at) {}

    /**
     * What one pair of snapshots said of a stretch.
     *
     * @param reached position up to which the side that follows has the changes
     * @param end of the stretch; {@code reached} where nothing was left, or where changes are followed anew from there
     * @param newest end of what names changes
     * @param rows in the stretch
     * @param findings rows that are neither equal nor in flight, by source table
     * @param uncounted why changes up to {@code end} may not have been compared: what was followed before counts no more
     * @param reversed whether PostgreSQL is the side that is written
     */
    public record Look(
            Position reached,
            Position end,
            long newest,
            Optional<Sample> sample,
            long rows,
            Map<String, List<Finding>> findings,
            Optional<String> uncounted,
            boolean reversed) {}

    /** What the source's snapshot says. */
    private record View(LogStretch stretch, long newest, List<TableView> tables, Optional<String> uncounted) {}

    private record TableView(String table, Recheck recheck, List<Suspect> suspects, Recheck.SourceView rows) {}

    /**
     * Compares the next stretch.
     *
     * @param after position that the stretch begins above; empty to begin at the one that is reached
     * @param mostKeys in the stretch
     * @throws NotComparableException where nothing can be said now; the same stretch is next again
     */
    public Look next(Optional<Position> after, int mostKeys) throws NotComparableException {
        try {
            Instant before = clock.instant();
            Comparison.Standing standing = sides.begin();
            AppliedPosition applied = standing.applied();
            Plan now = sides.at(plan, applied.evolution());
            if (sides.reversed()) {
                return carriedBack(standing, now, after, mostKeys);
            }
            View view = sides.source("changed keys", applied, t -> view(t, now, applied, after, mostKeys));
            LogStretch stretch = view.stretch();
            return new Look(
                    applied.position(),
                    stretch.end(),
                    view.newest(),
                    Optional.of(new Sample(view.newest(), before)),
                    stretch.rows(),
                    judge(applied, view.tables()),
                    view.uncounted(),
                    false);
        } finally {
            sides.end();
        }
    }

    private static Map<String, List<Finding>> judge(AppliedPosition applied, List<TableView> tables)
            throws NotComparableException {
        Map<String, List<Finding>> findings = new HashMap<>();
        for (TableView table : tables) {
            List<Finding> open = table.recheck().judge(applied, table.rows(), table.suspects()).stream()
                    .filter(f -> !f.verdict().settled() && f.verdict() != RowVerdict.IN_FLIGHT)
                    .toList();
            if (!open.isEmpty()) {
                findings.put(table.table(), open);
            }
        }
        return findings;
    }

    /** The stretch is read from the reverse feed. */
    private Look carriedBack(Comparison.Standing standing, Plan now, Optional<Position> after, int mostKeys)
            throws NotComparableException {
        Position reached = standing.position();
        ReverseFeed feed = sides.feed();
        if (moments.markIsDue()) {
            Instant before = clock.instant();
            moments.marked(feed.mark(), before);
        }
        long newest = feed.end();
        boolean continues = after.filter(a -> a.logIdentity().equals(reached.logIdentity()) && a.seq() <= reached.seq())
                .isPresent();
        if (!continues) {
            Optional<String> why = Optional.of("PostgreSQL is written from here on");
            return new Look(reached, reached, newest, Optional.empty(), 0, Map.of(), why, true);
        }
        FeedStretch stretch = feed.between(after.get().seq(), reached.seq(), mostKeys);
        Optional<String> uncounted =
                stretch.truncated().stream().findFirst().map(t -> "table " + t + " was truncated in PostgreSQL");
        List<TableView> views = new ArrayList<>();
        for (String name : stretch.tables()) {
            Optional<TablePlan> table = now.table(name);
            if (table.isPresent()) {
                Recheck recheck = new Recheck(sides, table.get());
                TableLayout layout = sides.layout(table.get());
                List<Suspect> suspects = recheck.named(sides.target().names(layout, stretch.keys(name)));
                views.add(new TableView(
                        name,
                        recheck,
                        suspects,
                        sides.source(name, standing.applied(), t -> recheck.view(t.table(layout), suspects))));
            }
        }
        Position end = new Position(
                reached.logIdentity(),
                reached.epoch(),
                stretch.end(),
                Math.max(stretch.lsn(), after.get().fingerprint()));
        return new Look(
                reached,
                stretch.end() == reached.seq() ? reached : end,
                newest,
                moments.arrived(stretch.marks()),
                stretch.records(),
                judge(standing.applied(), views),
                uncounted,
                true);
    }

    private View view(SourceTransaction t, Plan now, AppliedPosition applied, Optional<Position> after, int mostKeys)
            throws SQLException, NotComparableException {
        long newest = t.newest();
        Position position = applied.position();
        if (after.isEmpty() || after.get().seq() > position.seq() || !t.has(after.get())) {
            String why =
                    after.isEmpty() ? "nothing was followed before" : "the log does not continue from where it was";
            return new View(new LogStretch.Builder(position).build(), newest, List.of(), Optional.of(why));
        }
        t.verifySchema();
        Map<String, Integer> widths = new HashMap<>();
        Map<String, TablePlan> tables = new LinkedHashMap<>();
        for (TablePlan table : now.tables()) {
            tables.put(table.source(), table);
            widths.put(table.source(), sides.layout(table).key().length);
        }
        LogStretch stretch = t.stretch(after.get(), widths, Math.min(mostKeys, keysInTime));
        Optional<String> uncounted =
                stretch.unlogged() ? Optional.of("the triggers of a table had been gone") : Optional.empty();
        List<TableView> views = new ArrayList<>();
        for (String name : stretch.keys().keySet()) {
            TablePlan table = tables.get(name);
            TableProgress progress = applied.tables().get(name);
            if (table == null || progress == null || progress.state() != TableProgress.State.STREAMING) {
                uncounted = Optional.of("table " + name + " is not complete in the target");
                continue;
            }
            try {
                SourceSnapshot rows = t.table(sides.layout(table));
                Recheck recheck = new Recheck(sides, table);
                List<Suspect> suspects = recheck.suspects(stretch.keys().get(name));
                views.add(new TableView(name, recheck, suspects, recheck.view(rows, suspects)));
            } catch (NotComparableException e) {
                if (e.kind() != NotComparableException.Kind.PLAN_UNFIT) {
                    throw e;
                }
                uncounted = Optional.of(e.reason());
            }
        }
        keysInTime = keysInTime(t.timeIsUp(), stretch);
        return new View(stretch, newest, views, uncounted);
    }

    /** Wide rows, or a file outside WAL: the next stretch is shorter where this one took too long, longer where it did not. */
    private int keysInTime(boolean tooLong, LogStretch stretch) {
        int keys = stretch.keys().values().stream().mapToInt(Set::size).sum();
        return tooLong ? Math.max(FEWEST_KEYS, keys / 2) : Math.max(keysInTime, 2 * keys);
    }
}
