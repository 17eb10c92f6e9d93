package io.liteferry.sink.schema;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.PartitionPlan.ByList;
import io.liteferry.core.plan.PartitionPlan.ByRange;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PartitionRecord;
import io.liteferry.core.postgres.PgSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of a table that is cut by the values of a column. One that a row needs is made in the row's own
 * transaction, as a table that is then attached: readers of the table are not stopped by that, as they would be by
 * {@code CREATE TABLE … PARTITION OF}. One that was made and is attached no more stays so.
 */
public final class Partitions {
    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);

    private final Plan plan;
    private final TablePlan table;
    private final PartitionPlan how;
    private final TargetType.Kind kind;
    private final PartitionRecord record;
    private final int atMost;
    private final Map<String, State> states = new HashMap<>();
    private List<String> others = List.of();
    private int attached;
    private boolean loaded;
    private boolean fresh;

    /** What a slot says to a row. */
    public enum State {
        ATTACHED,
        /** It was made once; somebody has detached it. */
        DETACHED,
        /** It would be one partition too many. */
        TOO_MANY
    }

    private Partitions(Plan plan, TablePlan table, PartitionPlan how, ColumnPlan column) {
        this.plan = plan;
        this.table = table;
        this.how = how;
        kind = column.type().kind();
        record =
                new PartitionRecord(plan.source(), table.source(), TargetNames.qualified(plan, table), column.target());
        atMost = how instanceof ByRange r ? r.atMost() : how instanceof ByList l ? l.atMost() : Integer.MAX_VALUE;
    }

    /** Of a table that is cut by the values of a column; empty for others. */
    public static Optional<Partitions> of(Plan plan, TablePlan table) {
        return table.partition().flatMap(how -> table.partitionColumn().map(c -> new Partitions(plan, table, how, c)));
    }

    /**
     * A transaction begins.
     *
     * @param anew look into the catalog again: a row has found no partition, for one that was detached, or that an earlier
     *     transaction has made and not committed
     */
    public void begin(boolean anew) {
        loaded &= !anew;
        fresh = false;
    }

    /** The first day of the period that a day, in UTC, is in. */
    public LocalDate start(LocalDate day) {
        return PartitionSlot.start(((ByRange) how).every(), day);
    }

    /** The slot of the period that begins so. */
    public PartitionSlot slot(LocalDate start) {
        return PartitionSlot.range(kind, ((ByRange) how).every(), start);
    }

    /** The slot of a value's text. */
    public PartitionSlot slot(String value) {
        return PartitionSlot.value(kind, value);
    }

    /** The slot of rows without a value. */
    public PartitionSlot slotOfNull() {
        return how instanceof ByRange ? PartitionSlot.beforeAllTime(kind) : PartitionSlot.nullValue(kind);
    }

    /** Finds out whether rows of the slot can be written; makes its partition where there never was one. */
    public State state(Connection c, PartitionSlot slot) throws SQLException {
        load(c);
        State known = states.get(slot.holds());
        if (known != null && known != State.ATTACHED && !fresh) {
            // It may have been attached again; one look a transaction is enough.
            loaded = false;
            load(c);
            known = states.get(slot.holds());
        }
        if (known == State.ATTACHED) {
            return known;
        }
        State found =
                others.isEmpty() || !record.held(c, slot.samples(), others).contains(true)
                        ? known == State.DETACHED ? State.DETACHED : made(c, slot)
                        : State.ATTACHED;
        states.put(slot.holds(), found);
        return found;
    }

    private void load(Connection c) throws SQLException {
        if (loaded) {
            return;
        }
        states.clear();
        attached = 0;
        for (PartitionRecord.Made m : record.made(c)) {
            attached += m.attached() ? 1 : 0;
            states.merge(
                    m.holds(), m.attached() ? State.ATTACHED : State.DETACHED, (a, b) -> a == State.ATTACHED ? a : b);
        }
        others = record.others(c);
        attached += others.size();
        loaded = true;
        fresh = true;
    }

    private State made(Connection c, PartitionSlot slot) throws SQLException {
        if (attached >= atMost) {
            LOG.warn("a row needs one partition too many table={} partitions={}", table.source(), attached);
            return State.TOO_MANY;
        }
        String name = name(c, slot);
        String qualified = PgSql.name(TargetNames.schema(plan), name);
        String parent = TargetNames.qualified(plan, table);
        Savepoint before = c.setSavepoint();
        try (Statement s = c.createStatement()) {
            s.execute(
                    "CREATE TABLE " + qualified + " (LIKE " + parent
                            + " INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION)");
            new TargetGate(plan).putOn(c, qualified);
            s.execute("ALTER TABLE " + parent + " ATTACH PARTITION " + qualified + " FOR VALUES " + slot.bound());
            if (tellsWholeRow(c, parent)) {
                s.execute("ALTER TABLE " + qualified + " REPLICA IDENTITY FULL");
            }
            c.releaseSavepoint(before);
        } catch (SQLException e) {
            if (!SqlStates.isOverlap(e)) {
                throw e;
            }
            c.rollback(before);
            LOG.warn(
                    "somebody's partition is a part of one that is missing table={} partition={}",
                    table.source(),
                    name);
            return State.ATTACHED; // as far as it goes: rows beside it are refused, and put aside
        }
        record.note(c, name, qualified, slot.holds());
        attached++;
        LOG.info("partition made table={} partition={}", table.source(), name);
        return State.ATTACHED;
    }

    /** A partition has a replica identity of its own; without one PostgreSQL refuses updates once the table is published. */
    private static boolean tellsWholeRow(Connection c, String parent) throws SQLException {
        try (PreparedStatement s =
                c.prepareStatement("SELECT relreplident = 'f' FROM pg_class WHERE oid = to_regclass(?)")) {
            s.setString(1, parent);
            try (ResultSet r = s.executeQuery()) {
                return r.next() && r.getBoolean(1);
            }
        }
    }

    /** Another table may have the name; then a hash of what the partition holds stands behind it. */
    private String name(Connection c, PartitionSlot slot) throws SQLException {
        String name = TargetNames.partition(table, slot.suffix());
        try (PreparedStatement s = c.prepareStatement("SELECT to_regclass(?) IS NULL")) {
            s.setString(1, PgSql.name(TargetNames.schema(plan), name));
            try (ResultSet r = s.executeQuery()) {
                r.next();
                return r.getBoolean(1) ? name : TargetNames.partition(table, slot.suffix(), slot.holds());
            }
        }
    }

    /** Makes the partitions of the present period and of those that the plan wants before they are needed. */
    public void ahead(Connection c, Instant now) throws SQLException {
        if (how instanceof ByRange range) {
            LocalDate start = start(now.atZone(ZoneOffset.UTC).toLocalDate());
            for (int i = 0; i <= range.ahead(); i++) {
                state(c, slot(start));
                start = PartitionSlot.next(range.every(), start);
            }
        }
    }
}
