package io.liteferry.validator.compare;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the rows that the change log names, stretch by stretch, each stretch in one pair of snapshots. A key that the
 * log names again above the applied position is not judged: a later stretch names it.
 */
public final class ChangedKeys {
    private static final int FEWEST_KEYS = 16;

    private final Comparison sides;
    private final Plan plan;
    private int keysInTime = Integer.MAX_VALUE;

    public ChangedKeys(Comparison sides, Plan plan) {
        this.sides = sides;
        this.plan = plan;
    }

    /**
     * What one pair of snapshots said of a stretch.
     *
     * @param applied how far the target was
     * @param end of the stretch; {@code applied} where nothing was left, or where the log is followed anew from there
     * @param newest row of the log
     * @param rows of the log in the stretch
     * @param findings rows that are neither equal nor in flight, by source table
     * @param uncounted why changes up to {@code end} may not have been compared: what was followed before counts no more
     */
    public record Look(
            AppliedPosition applied,
            Position end,
            long newest,
            long rows,
            Map<String, List<Finding>> findings,
            Optional<String> uncounted) {}

    /** What the source's snapshot says. */
    private record View(LogStretch stretch, long newest, List<TableView> tables, Optional<String> uncounted) {}

    private record TableView(String table, Recheck recheck, List<Suspect> suspects, Recheck.SourceView rows) {}

    /**
     * Compares the next stretch.
     *
     * @param after row of the log that the stretch begins above; empty to begin at the applied position
     * @param mostKeys in the stretch
     * @throws NotComparableException where nothing can be said now; the same stretch is next again
     */
    public Look next(Optional<Position> after, int mostKeys) throws NotComparableException {
        try {
            AppliedPosition applied = sides.target().begin();
            Plan now = sides.at(plan, applied.evolution());
            View view = sides.source("changed keys", applied, t -> view(t, now, applied, after, mostKeys));
            Map<String, List<Finding>> findings = new HashMap<>();
            for (TableView table : view.tables()) {
                List<Finding> open = table.recheck().judge(table.rows(), table.suspects()).stream()
                        .filter(f -> !f.verdict().settled() && f.verdict() != RowVerdict.IN_FLIGHT)
                        .toList();
                if (!open.isEmpty()) {
                    findings.put(table.table(), open);
                }
            }
            LogStretch stretch = view.stretch();
            return new Look(applied, stretch.end(), view.newest(), stretch.rows(), findings, view.uncounted());
        } finally {
            sides.target().end();
        }
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
