package io.liteferry.sink;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.Position;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.postgres.PgConnections;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a target whose source was restored, wiped or replaced at the beginning of the source's new log: what the topics
 * still hold of the old one is dropped, and every table is snapshotted again over the rows that are there.
 */
public final class RestartPoint {
    private final Plan plan;
    private final PgConnections connections;

    public RestartPoint(Plan plan) {
        this.plan = plan;
        this.connections = PgConnections.of(plan.options());
    }

    /** The epoch of the last applied batch; 0 where nothing was applied. */
    public long epoch() {
        try (Connection c = connections.open("liteferry-restart");
                PreparedStatement s = c.prepareStatement("SELECT epoch FROM liteferry.applied WHERE source = ?")) {
            s.setString(1, plan.source());
            try (ResultSet r = s.executeQuery()) {
                return r.next() ? r.getLong(1) : 0;
            }
        } catch (SQLException e) {
            throw PgConnections.failure("Reading the applied position of " + plan.source(), e);
        }
    }

    /**
     * Moves the applied position; a sink that still runs is fenced by it.
     *
     * @param begin where the new log begins, in an epoch above every one that was used
     */
    public AppliedPosition move(Position begin) {
        Map<String, TableProgress> tables = new LinkedHashMap<>();
        for (TablePlan t : plan.tables()) {
            tables.put(t.source(), TableProgress.pending(t.expectedRows()).again(new RecordTag(begin.epoch(), 1, 0)));
        }
        try (Connection c = connections.open("liteferry-restart")) {
            AppliedStore store = new AppliedStore(plan.source());
            AppliedStore.Applied before = store.claim(c);
            BatchEnd end = new BatchEnd(
                    plan.source(),
                    begin,
                    0,
                    0,
                    Map.of(),
                    tables,
                    false,
                    0,
                    before.position().evolution(),
                    List.of());
            store.advance(c, end, before.offsets());
            c.commit();
            return end.applied();
        } catch (SQLException e) {
            throw PgConnections.failure("Moving the applied position of " + plan.source(), e);
        }
    }
}
