package io.liteferry.sink.write;

import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.batch.WholeBatch;
import io.liteferry.sink.schema.TargetNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of a whole batch, all tables, inside the caller's transaction; and takes the parts of a batch that is
 * too large for memory into the stage tables before its END.
 */
public final class BatchWriter {
    /** The driver option that the connection must have been opened with. */
    public static final String DRIVER_OPTION = BinaryArrays.DRIVER_OPTION;

    private final Plan plan;
    private final Quarantine quarantine;
    private final RefusedRecords refused;
    private final BinaryBuffer buffer = new BinaryBuffer();
    private final List<TableWriter> tables = new ArrayList<>();
    private final Set<BatchId> spooled = new HashSet<>();
    /** How many records of a batch stand in the stages, by table number. */
    private final Map<BatchId, Map<Integer, Long>> spooledRecords = new HashMap<>();

    private final Map<BatchId, Outcome> spooledOutcome = new HashMap<>();

    public BatchWriter(Plan plan, RefusedRecords refused) {
        this.plan = plan;
        this.refused = refused;
        quarantine = new Quarantine(plan.source());
    }

    /** Learns the tables as they really are; what an earlier sink left in the stages is gone: it will be read again. */
    public void prepare(Connection c) throws SQLException {
        quarantine.load(c);
        tables.clear();
        for (TablePlan t : plan.tables()) {
            TargetTable target = new TargetTable(plan, t);
            TableWriter writer = new TableWriter(plan.source(), target, notNull(c, t), quarantine, refused, buffer);
            writer.seen().load(c);
            tables.add(writer);
        }
        emptyStages(c);
    }

    private boolean[] notNull(Connection c, TablePlan table) throws SQLException {
        Set<String> names = new HashSet<>();
        try (PreparedStatement s = c.prepareStatement(
                "SELECT attname FROM pg_attribute WHERE attrelid = ?::regclass AND attnotnull AND attnum > 0")) {
            s.setString(1, TargetNames.qualified(plan, table));
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    names.add(r.getString(1));
                }
            }
        }
        List<ColumnPlan> columns = table.columns();
        boolean[] notNull = new boolean[columns.size()];
        for (int i = 0; i < notNull.length; i++) {
            notNull[i] = names.contains(columns.get(i).target());
        }
        return notNull;
    }

    /** @param careful find by halving which row PostgreSQL refuses; slower, so only after a first refusal */
    public Outcome write(Connection c, WholeBatch batch, boolean careful) throws SQLException {
        BatchId id = batch.last().id();
        Outcome outcome = new Outcome();
        boolean stageFree = spooled.isEmpty();
        if (batch.spooled()) {
            spoolParts(c, id, batch.records(), outcome, careful);
            int refusedBefore = refused.size();
            for (int i = 0; i < tables.size(); i++) {
                long before = spooledRecords.getOrDefault(id, Map.of()).getOrDefault(i, 0L);
                long expected = before + batch.records().get(i).size();
                if (expected > 0) {
                    tables.get(i).spool().merge(c, id, expected, spooled.size() <= 1, notedSince(batch, i), careful);
                }
            }
            if (refused.size() > refusedBefore) {
                throw new SpoolLostException("PostgreSQL refused records of batch " + id + " when they were merged");
            }
        } else {
            for (int i = 0; i < tables.size() && !batch.records().isEmpty(); i++) {
                tables.get(i).write(c, batch.records().get(i), outcome, careful, stageFree, notedSince(batch, i));
            }
        }
        for (int i = 0; i < tables.size(); i++) {
            RecordTag since = since(batch, i);
            if (since != null && streaming(batch, i)) {
                outcome.swept(
                        tables.get(i).table().source(), tables.get(i).seen().sweep(c, since));
            }
        }
        return outcome;
    }

    private @Nullable TableProgress progress(WholeBatch batch, int table) {
        return batch.last().tables().get(tables.get(table).table().source());
    }

    private @Nullable RecordTag since(WholeBatch batch, int table) {
        return tables.get(table).seen().wanted(progress(batch, table));
    }

    /** Of several snapshots begun in these batches the first: a capture may go back to it. */
    private @Nullable RecordTag notedSince(WholeBatch batch, int table) {
        String name = tables.get(table).table().source();
        return batch.ends().stream()
                .map(end -> tables.get(table).seen().wanted(end.tables().get(name)))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private boolean streaming(WholeBatch batch, int table) {
        TableProgress progress = progress(batch, table);
        return progress != null && progress.state() == State.STREAMING;
    }

    /** Reads what the transaction that last applied a spooled batch has put into the quarantine. */
    public void spooledQuarantine(Connection c, Timestamp since, Consumer<Outcome.Quarantined> reader)
            throws SQLException {
        quarantine.read(c, since, reader);
    }

    /** To be called once the batch is committed. */
    public Outcome committed(WholeBatch batch, Outcome outcome) {
        BatchId id = batch.last().id();
        refused.forget(id);
        for (int i = 0; i < tables.size(); i++) {
            RecordTag since = since(batch, i);
            if (since != null && streaming(batch, i)) {
                SeenKeys seen = tables.get(i).seen();
                seen.swept(
                        since,
                        outcome.swept().getOrDefault(tables.get(i).table().source(), 0L));
            }
        }
        Outcome before = spooledOutcome.remove(id);
        spooledRecords.remove(id);
        spooled.remove(id);
        return before == null ? outcome : before.plus(outcome);
    }

    /** Puts a part of a batch into the stages; the caller commits, then calls {@link #spooled(BatchId, List, Outcome)}. */
    public Outcome spool(Connection c, BatchId id, List<List<ChangeRecord>> records, boolean careful)
            throws SQLException {
        Outcome outcome = new Outcome();
        spoolParts(c, id, records, outcome, careful);
        return outcome;
    }

    /** Makes the partitions that the plan wants before they are needed; the caller commits. */
    public void ahead(Connection c, Instant now) throws SQLException {
        for (TableWriter t : tables) {
            if (t.placer().isPresent()) {
                t.placer().get().partitions().begin(false);
                t.placer().get().ahead(c, now);
            }
        }
    }

    /** To be called once the part is committed. */
    public void spooled(BatchId id, List<List<ChangeRecord>> records, Outcome outcome) {
        spooled.add(id);
        Map<Integer, Long> counts = spooledRecords.computeIfAbsent(id, k -> new HashMap<>());
        for (int i = 0; i < records.size(); i++) {
            counts.merge(i, (long) records.get(i).size(), Long::sum);
        }
        spooledOutcome.merge(id, outcome, Outcome::plus);
    }

    /** True while a part of a batch stands in the stages. */
    public boolean holdsAny() {
        return !spooled.isEmpty();
    }

    /** True where a batch of another epoch stands in the stages: it is dead, and its number could come again. */
    public boolean holdsAnotherEpoch(BatchId id) {
        return spooled.stream().anyMatch(s -> s.epoch() != id.epoch());
    }

    public void emptyStages(Connection c) throws SQLException {
        quarantine.emptySpool(c);
        if (!tables.isEmpty()) {
            try (Statement s = c.createStatement()) {
                s.execute("TRUNCATE "
                        + String.join(
                                ", ",
                                tables.stream().map(t -> t.table().stage()).toList()));
            }
        }
        spooled.clear();
        spooledRecords.clear();
        spooledOutcome.clear();
    }

    private void spoolParts(
            Connection c, BatchId id, List<List<ChangeRecord>> records, Outcome outcome, boolean careful)
            throws SQLException {
        for (int i = 0; i < records.size(); i++) {
            TableWriter t = tables.get(i);
            t.spool().take(c, id.batch(), t.placed(c, records.get(i), outcome, careful), outcome, careful);
        }
    }
}
