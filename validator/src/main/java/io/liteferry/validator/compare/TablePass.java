package io.liteferry.validator.compare;

import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.RowKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One full pass over one table: every row of both sides gets a verdict. What differs is looked at once more, at a later
 * pair of snapshots, before it is told; what is in flight is looked at again until it has landed or patience ends.
 */
public final class TablePass {
    private static final long RETRY_MILLIS = 50;
    /** With more rows undecided the place before is kept. */
    private static final int MOST_KEPT = 10_000;

    private final Comparison sides;
    private final TableLayout layout;
    private final Recheck recheck;
    private final int rangeRows;
    private final Pace pace;
    private final Duration patience;
    private final Listener listener;
    private final Optional<Place> from;
    private final Map<RowVerdict, Long> counts = new EnumMap<>(RowVerdict.class);
    private List<Suspect> pending = new ArrayList<>();
    private List<Suspect> unplaced = new ArrayList<>();
    private long sourceRows;
    private long targetRows;
    private boolean scanned;
    private boolean ordered;
    private long settleUntil;
    private @Nullable Walk walk;
    private Optional<NotComparableException> reason = Optional.empty();

    /** Hears of a pass while it runs. */
    public interface Listener {
        /** Rows that differ, for certain. */
        void found(List<Finding> findings);

        /** Rows of the source compared so far in this pass, rows still in flight. */
        void progress(long rows, long pending);
    }

    /** @param patience how long a table that cannot be compared for now, or a row in flight, is waited for */
    public TablePass(
            Comparison sides, TablePlan table, int rangeRows, Pace pace, Duration patience, Listener listener) {
        this(sides, table, rangeRows, pace, patience, listener, Optional.empty());
    }

    /** @param from where an earlier pass over the table was left */
    public TablePass(
            Comparison sides,
            TablePlan table,
            int rangeRows,
            Pace pace,
            Duration patience,
            Listener listener,
            Optional<Place> from) {
        this.from = from;
        this.sides = sides;
        this.layout = sides.layout(table);
        this.recheck = new Recheck(sides, table);
        this.rangeRows = rangeRows;
        this.pace = pace;
        this.patience = patience;
        this.listener = listener;
    }

    public TableTally run() {
        while (!step()) {
            // the next range
        }
        return tally();
    }

    /**
     * Goes on by one range, or waits a moment for rows in flight.
     *
     * @return whether the pass has ended
     */
    public boolean step() {
        try {
            return pace.stopping() || advance();
        } catch (NotComparableException e) {
            reason = Optional.of(e);
            add(RowVerdict.UNKNOWN, 1);
            return true;
        } finally {
            listener.progress(sourceRows, pending.size());
        }
    }

    private boolean advance() throws NotComparableException {
        Walk w = walk;
        if (w == null) {
            sides.verifyTypes(layout);
            w = patiently(this::walk);
            walk = w;
        }
        if (!w.done()) {
            patiently(this::range);
            if (pending.size() >= Recheck.KEYS) {
                patiently(this::lookAtPending);
            }
        }
        if (!w.done() || !settled()) {
            return false;
        }
        nameStrangers();
        if (w.partial()) {
            reason = Optional.of(new NotComparableException(
                    NotComparableException.Kind.NOT_THERE_YET, "it was compared as far as its snapshot had come"));
        }
        return true;
    }

    private Walk range() throws NotComparableException {
        Walk w = Objects.requireNonNull(walk);
        take(w.next());
        return w;
    }

    /** What the pass gave; once, when it has ended. */
    public TableTally tally() {
        add(RowVerdict.IN_FLIGHT, pending.size());
        pending = List.of();
        return new TableTally(
                sourceRows,
                targetRows,
                counts,
                reason,
                Optional.ofNullable(walk).flatMap(Walk::position));
    }

    /** Where the pass is; empty where it cannot be gone on from there. */
    public Optional<Place> place() {
        Walk w = walk;
        if (w == null || w.done() || reason.isPresent() || pending.size() + unplaced.size() > MOST_KEPT) {
            return Optional.empty();
        }
        Place.Reached reached = w.reached();
        Map<String, Long> rows = new HashMap<>();
        counts.forEach((verdict, count) -> rows.put(verdict.name(), count));
        return Optional.of(new Place(
                ordered,
                reached.packedAfter(),
                reached.targetBytes(),
                reached.sourceDone(),
                sourceRows,
                targetRows,
                rows,
                packed(pending),
                packed(unplaced)));
    }

    private static List<byte[]> packed(List<Suspect> suspects) {
        return suspects.stream().map(s -> s.key().packed()).toList();
    }

    private List<Suspect> suspects(List<byte[]> packed) {
        return packed.stream()
                .map(k -> recheck.suspect(new RowKey(k)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private Walk walk() throws NotComparableException {
        try {
            Comparison.Reach reach = sides.begin(layout);
            ordered = sides.source(layout, reach, s -> s.shape().ordered());
        } finally {
            sides.end();
        }
        RangeSize size = sides.rangeSize(rangeRows);
        Place.Reached reached =
                from.filter(p -> p.ordered() == ordered).map(this::goOn).orElse(Place.Reached.START);
        return ordered ? new RangeWalk(sides, layout, size, reached) : new LookUpWalk(sides, layout, size, reached);
    }

    private Place.Reached goOn(Place place) {
        sourceRows = place.sourceRows();
        targetRows = place.targetRows();
        place.counts().forEach((verdict, rows) -> counts.put(RowVerdict.valueOf(verdict), rows));
        pending = suspects(place.pending());
        unplaced = suspects(place.unplaced());
        return place.reached();
    }

    private void take(RangeResult range) throws NotComparableException {
        sourceRows += range.sourceRows();
        targetRows += range.targetRows();
        add(RowVerdict.EQUAL, range.equal());
        pending.addAll(range.inFlight());
        for (int i = 0; i < range.suspects().size(); i += Recheck.KEYS) {
            look(range.suspects()
                    .subList(i, Math.min(i + Recheck.KEYS, range.suspects().size())));
        }
        pace.rows(Math.max(range.sourceRows(), range.targetRows()));
    }

    /** Looks at every row that was in flight; those that still are stay pending. */
    private boolean lookAtPending() throws NotComparableException {
        List<Suspect> before = pending;
        pending = new ArrayList<>();
        for (int i = 0; i < before.size(); i += Recheck.KEYS) {
            try {
                look(before.subList(i, Math.min(i + Recheck.KEYS, before.size())));
            } catch (NotComparableException e) {
                pending.addAll(before.subList(i, before.size()));
                throw e;
            }
        }
        return pending.isEmpty();
    }

    /** Looks once more at rows in flight, and waits a moment where some still are. */
    private boolean settled() throws NotComparableException {
        if (settleUntil == 0) {
            settleUntil = System.nanoTime() + patience.toNanos();
        }
        return pending.isEmpty()
                || patiently(this::lookAtPending)
                || System.nanoTime() - settleUntil >= 0
                || pace.pause(RETRY_MILLIS);
    }

    /** Rows of the target whose key the source may spell in a way that was not tried. */
    private void nameStrangers() throws NotComparableException {
        List<Suspect> some = unplaced;
        unplaced = new ArrayList<>();
        scanned = true;
        if (!some.isEmpty()) {
            List<Suspect> strangers = new SpellingScan(sides, layout, rangeRows, pace).strangers(some);
            for (int i = 0; i < strangers.size(); i += Recheck.KEYS) {
                look(strangers.subList(i, Math.min(i + Recheck.KEYS, strangers.size())));
            }
        }
    }

    private void look(List<Suspect> suspects) throws NotComparableException {
        List<Finding> certain = new ArrayList<>();
        List<Suspect> stay = new ArrayList<>();
        for (Finding f : patiently(() -> recheck.look(suspects))) {
            if (f.verdict() == RowVerdict.IN_FLIGHT) {
                stay.add(f.suspect());
            } else if (f.verdict() == RowVerdict.MISSING_SOURCE
                    && !scanned
                    && !layout.sourceKeys().unambiguous()) {
                unplaced.add(f.suspect());
                continue;
            } else if (f.verdict() != RowVerdict.EQUAL || f.present()) {
                add(f.verdict(), 1);
            }
            if (f.verdict().differs()) {
                certain.add(f);
            }
        }
        pending.addAll(stay);
        if (!certain.isEmpty()) {
            listener.found(certain);
        }
    }

    private void add(RowVerdict verdict, long rows) {
        counts.merge(verdict, rows, Long::sum);
    }

    private interface Step<T> {
        T take() throws NotComparableException;
    }

    /** Tries a step again while what stands in its way may pass by itself. */
    private <T> T patiently(Step<T> step) throws NotComparableException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return step.take();
            } catch (NotComparableException e) {
                boolean passes = e.kind() == NotComparableException.Kind.FOR_NOW;
                if (!passes || System.nanoTime() > deadline || pace.pause(RETRY_MILLIS)) {
                    throw e;
                }
            }
        }
    }
}
