package io.liteferry.validator.follow;

import io.liteferry.core.change.Position;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.compare.ChangedKeys;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Finding;
import io.liteferry.validator.compare.Moments;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.compare.Recheck;
import io.liteferry.validator.compare.RowVerdict;
import io.liteferry.validator.pass.ResultStore;
import io.liteferry.validator.pass.Verified;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the change log behind the applied position and compares the keys that it names. What differs is looked at once
 * more at a later pair of snapshots, is a mismatch then, and holds the verified position back until it is equal, or
 * logged again. Goes on where it was after a restart. Used by one thread.
 */
public final class Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    /** In one pair of snapshots. */
    private static final int KEYS = 1_000;
    /** With so many keys that differ nothing more is followed: memory is bounded. */
    private static final int MOST_HELD = 10_000;
    /** A look-up by key costs about as much as so many rows of a scan. */
    private static final int ROWS_PER_KEY = 10;

    private static final long HELD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SAVE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long RETRY_MILLIS = 20;

    private final Plan plan;
    private final Comparison sides;
    private final ChangedKeys changed;
    private final ResultStore store;
    private final Mismatches mismatches;
    private final LongConsumer behind;
    private final Pace pace;
    private final Clock clock;
    private final HeldKeys held = new HeldKeys();
    private final Moments moments;
    private final Optional<Verified> found;
    private @Nullable Position followed;
    private @Nullable Verified saved;
    private long since;
    private Instant asOf = Instant.EPOCH;
    private Optional<String> waiting = Optional.empty();
    private long heldLookedAt = System.nanoTime() - HELD_NANOS;
    private long savedAt = System.nanoTime() - SAVE_NANOS;

    /** Hears of rows that differ, for certain. */
    public interface Mismatches {
        void found(String table, List<Finding> findings);
    }

    /**
     * @param moments of the followers of this source before, or none
     * @param behind hears how many rows of the log are not verified
     */
    public Follower(
            Plan plan,
            Comparison sides,
            ResultStore store,
            Moments moments,
            Mismatches mismatches,
            LongConsumer behind,
            Pace pace,
            Clock clock) {
        this.plan = plan;
        this.sides = sides;
        this.moments = moments;
        this.changed = new ChangedKeys(sides, plan, moments, clock);
        this.store = store;
        this.mismatches = mismatches;
        this.behind = behind;
        this.pace = pace;
        this.clock = clock;
        this.found = store.verified();
        found.ifPresent(v -> {
            followed = v.position();
            since = v.since();
            asOf = v.asOf();
            saved = v;
        });
    }

    /** How far changes are verified; empty before anything could be followed. */
    public Optional<Verified> verified() {
        return position().map(p -> new Verified(p, since, asOf, waiting));
    }

    private Optional<Position> position() {
        return held.below().or(() -> Optional.ofNullable(followed));
    }

    /**
     * Compares the next stretch of the log.
     *
     * @return whether there may be more to compare at once
     */
    public boolean step() {
        boolean more = false;
        try {
            if (held.size() > 0 && System.nanoTime() - heldLookedAt >= HELD_NANOS) {
                heldLookedAt = System.nanoTime();
                lookAgain(held.oldest(KEYS));
            }
            if (held.size() < MOST_HELD) {
                more = follow();
                waiting = Optional.empty();
            } else {
                waiting = Optional.of(held.size() + " changed keys differ");
            }
        } catch (NotComparableException e) {
            // The same stretch is next again; the row in liteferry.verified says why meanwhile.
            waiting = Optional.of(e.reason());
        }
        if (System.nanoTime() - savedAt >= SAVE_NANOS) {
            save();
        }
        return more;
    }

    private boolean follow() throws NotComparableException {
        ChangedKeys.Look look = changed.next(Optional.ofNullable(followed), KEYS);
        Position start = followed;
        look.uncounted().ifPresent(why -> countAnew(look, why));
        followed = look.end();
        if (start != null && !look.findings().isEmpty()) {
            lookAgain(held.hold(start, look.findings()));
        }
        measure(look);
        pace.rows(look.rows() * ROWS_PER_KEY);
        return look.end().seq() < look.reached().seq();
    }

    private void countAnew(ChangedKeys.Look look, String why) {
        since = look.end().seq();
        if (look.rows() == 0) {
            held.clear();
            moments.clear();
            asOf = Instant.EPOCH;
        }
        LOG.atInfo()
                .addKeyValue("source", plan.source())
                .addKeyValue("seq", since)
                .addKeyValue("why", why)
                .log("changed keys are counted anew from here");
    }

    private void measure(ChangedKeys.Look look) {
        look.sample().ifPresent(moments::await);
        long verified = position().map(Position::seq).orElse(0L);
        asOf = moments.verified(verified).orElse(asOf);
        behind.accept(look.newest() - verified);
    }

    /** Looks at held keys at a later pair of snapshots. */
    private void lookAgain(Map<String, Set<RowKey>> keys) throws NotComparableException {
        Plan now = sides.now(plan);
        for (Map.Entry<String, Set<RowKey>> table : keys.entrySet()) {
            Optional<TablePlan> planned = now.table(table.getKey());
            if (planned.isPresent()) {
                lookAgain(planned.get(), List.copyOf(table.getValue()));
            } else {
                held.release(table.getKey(), table.getValue());
            }
        }
    }

    private void lookAgain(TablePlan table, List<RowKey> keys) throws NotComparableException {
        Recheck recheck = new Recheck(sides, table);
        for (int i = 0; i < keys.size(); i += Recheck.KEYS) {
            List<RowKey> some = keys.subList(i, Math.min(i + Recheck.KEYS, keys.size()));
            List<Finding> findings =
                    recheck.look(some.stream().map(recheck::suspect).toList());
            List<Finding> differing = recheck.certain(
                    findings.stream().filter(f -> f.verdict().differs()).toList(),
                    plan.options().integer(Options.VALIDATION_RANGE_ROWS),
                    pace);
            if (!differing.isEmpty()) {
                mismatches.found(table.source(), differing);
            }
            Set<RowKey> settled = new HashSet<>();
            for (int k = 0; k < some.size(); k++) {
                Finding f = findings.get(k);
                // In flight: the log names it again above what was followed.
                boolean open = f.verdict() == RowVerdict.QUARANTINED || differing.contains(f);
                if (!open) {
                    settled.add(some.get(k));
                }
            }
            held.release(table.source(), settled);
        }
    }

    private void save() {
        savedAt = System.nanoTime();
        verified().filter(v -> !v.equals(saved)).ifPresent(v -> {
            store.verified(v);
            saved = v;
        });
    }

    /**
     * Follows until everything that was committed in the source when this was called is verified.
     *
     * @return false where that is not so in time
     */
    public boolean catchUp(Duration patience) {
        Instant called = clock.instant();
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            boolean more = step();
            if (!asOf.isBefore(called)) {
                save();
                return true;
            }
            boolean late = System.nanoTime() - deadline > 0;
            if (late || !more && pace.pause(RETRY_MILLIS)) {
                save();
                return false;
            }
        }
    }

    /** Up to where the side that follows has the changes of the other. */
    public Position reached() throws NotComparableException {
        return sides.standing().position();
    }

    /**
     * Compares every key logged above the verified position, while no side is written.
     *
     * @param to what {@link #reached()} said once everything had arrived
     * @return rows that are not equal, by source table; empty proves that every change up to {@code to} has arrived
     * @throws NotComparableException where that cannot be said
     */
    public Map<String, List<Finding>> prove(Position to) throws NotComparableException {
        Position verified = position().orElseThrow(() -> unproven("no changed key was verified before"));
        boolean anew = found.filter(
                        v -> v.since() != since && v.position().logIdentity().equals(verified.logIdentity()))
                .isPresent();
        if (anew) {
            throw unproven("changes are counted anew from row " + since + ", a clean pass has to begin after that");
        }
        Position at = verified;
        Map<String, List<Finding>> findings = new HashMap<>();
        ChangedKeys.Look look;
        do {
            look = changed.next(Optional.of(at), Integer.MAX_VALUE);
            if (look.uncounted().isPresent()) {
                throw unproven(look.uncounted().get());
            }
            // Marks of ours move the reverse feed on all the time; the log has nothing above, or it has not arrived.
            boolean there = look.reached().equals(to) && look.newest() == to.seq()
                    || look.reversed() && look.reached().seq() >= to.seq();
            if (!there || !look.reached().logIdentity().equals(to.logIdentity())) {
                throw unproven("changes have arrived up to " + look.reached().seq() + " of " + look.newest()
                        + ", to be proven is " + to.seq());
            }
            findings.putAll(look.findings());
            at = look.end();
        } while (at.seq() < to.seq());
        return findings;
    }

    private static NotComparableException unproven(String reason) {
        return new NotComparableException(NotComparableException.Kind.FOR_NOW, reason);
    }
}
