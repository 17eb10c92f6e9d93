package io.liteferry.sink.write;

import io.liteferry.core.kafka.TopicNames;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PgSql;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.schema.Partitions;
import io.liteferry.sink.schema.TargetNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One target table as the writer sees it: its columns in write order, their types, and which of them are the key. */
final class TargetTable {
    private static final TargetType ROWID_TYPE = TargetType.of(TargetType.Kind.BIGINT);

    private final TablePlan plan;
    private final String topic;
    private final String qualified;
    private final String stage;
    private final String seen;
    private final String maskSecret;
    private final Optional<Partitions> partitions;
    private final List<String> columns = new ArrayList<>();
    private final List<TargetType> types = new ArrayList<>();
    private final List<Integer> key = new ArrayList<>();

    TargetTable(Plan plan, TablePlan table) {
        this.plan = table;
        topic = TopicNames.of(plan).table(table.source());
        qualified = TargetNames.qualified(plan, table);
        stage = TargetNames.stage(plan, table);
        seen = TargetNames.seen(plan, table);
        maskSecret = plan.options().string(Options.MASK_SECRET);
        partitions = Partitions.of(plan, table);
        if (table.key().isRowid()) {
            columns.add(KeyPlan.ROWID_COLUMN);
            types.add(ROWID_TYPE);
            key.add(0);
        }
        for (ColumnPlan c : table.columns()) {
            columns.add(c.target());
            types.add(c.type());
        }
        key.addAll(table.keyPositions());
    }

    TablePlan plan() {
        return plan;
    }

    /** Name in SQLite. */
    String source() {
        return plan.source();
    }

    String topic() {
        return topic;
    }

    /** Schema and name, quoted. */
    String qualified() {
        return qualified;
    }

    /** The stage table, quoted. */
    String stage() {
        return stage;
    }

    /** Where keys are noted while the table is snapshotted again, quoted. */
    String seen() {
        return seen;
    }

    /** Key of the hashes in masked columns; empty where none is given. */
    String maskSecret() {
        return maskSecret;
    }

    /** A record as the target may keep it: NULL in place of what is masked there. */
    byte[] withoutMasked(ChangeRecord r) {
        if (r.columns() != plan.columns().size()
                || plan.columns().stream().allMatch(c -> c.mask().isEmpty())) {
            return r.record();
        }
        PackedReader values = new PackedReader().reset(r.record(), r.values(), r.record().length - r.values());
        PackedWriter kept = new PackedWriter().putBytes(r.record(), 0, r.values());
        for (ColumnPlan c : plan.columns()) {
            SqliteValue value = values.nextValue();
            if (c.mask().isPresent()) {
                kept.putNull();
            } else {
                kept.putValue(value);
            }
        }
        return kept.toBytes();
    }

    /** Target names, the rowid first where the table is carried by it. */
    List<String> columns() {
        return columns;
    }

    List<TargetType> types() {
        return types;
    }

    /** Whether the column, by its position in {@link #columns()}, compares text by its bytes. */
    boolean collatedByBytes(int position) {
        int inPlan = plan.key().isRowid() ? position - 1 : position;
        return inPlan >= 0 && plan.columns().get(inPlan).collateC();
    }

    /** Positions of the key in {@link #columns()}, in key order. */
    List<Integer> key() {
        return key;
    }

    /** Of a table that is cut by the values of a column. */
    Optional<Partitions> partitions() {
        return partitions;
    }

    /** A row can change its partition and keep its key: its old version is deleted, by key, before the new one is inserted. */
    boolean movesRows() {
        return plan.movesRows();
    }

    String columnList() {
        return PgSql.names(columns);
    }

    String keyList() {
        return PgSql.names(key.stream().map(columns::get).toList());
    }
}
