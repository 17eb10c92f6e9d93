package io.liteferry.cutover;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.validator.compare.Comparison;
import io.liteferry.validator.compare.Finding;
import io.liteferry.validator.compare.Moments;
import io.liteferry.validator.compare.NotComparableException;
import io.liteferry.validator.compare.Pace;
import io.liteferry.validator.follow.Follower;
import io.liteferry.validator.pass.ResultStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** That every row changed since the last clean pass is equal: followed while everybody writes, closed while nobody does. */
final class Proof implements AutoCloseable {
    private static final int NAMED = 10;

    private final Comparison sides;
    private final ResultStore store;
    private final Follower follower;

    Proof(Plan plan, PgConnections connections, Clock clock) {
        sides = new Comparison(plan, new LongAdder());
        store = new ResultStore(connections, plan.source());
        follower = new Follower(
                plan,
                sides,
                store,
                new Moments(),
                (table, findings) -> {},
                rows -> {},
                new Pace(Long.MAX_VALUE),
                clock);
    }

    /** Whether what is committed now is in the target and seen equal there within this time. */
    boolean catchUp(Duration within) {
        return follower.catchUp(within);
    }

    /** @throws LiteferryException {@link ErrorCode#CUTOVER_UNDONE} where a row differs, or that cannot be said. Nobody writes meanwhile. */
    void prove() {
        Map<String, List<Finding>> different;
        try {
            different = follower.prove(follower.reached());
        } catch (NotComparableException e) {
            throw new LiteferryException(
                    ErrorCode.CUTOVER_UNDONE,
                    "Proving what was written last: " + e.reason()
                            + ". Wait for a clean pass (liteferry status) and start again.",
                    e);
        }
        if (!different.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.CUTOVER_UNDONE,
                    "Proving what was written last: rows differ. "
                            + different.entrySet().stream()
                                    .flatMap(e -> e.getValue().stream()
                                            .map(f -> e.getKey() + " "
                                                    + f.suspect().key() + " "
                                                    + f.verdict().label()))
                                    .limit(NAMED)
                                    .collect(Collectors.joining("; "))
                            + ". See liteferry diff and repair.");
        }
    }

    @Override
    public void close() {
        try (Comparison c = sides;
                ResultStore s = store) {
            // both are closed, whichever fails
        }
    }
}
