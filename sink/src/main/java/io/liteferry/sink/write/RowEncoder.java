package io.liteferry.sink.write;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.PartitionPlan.Nulls;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.StorageClass;
import io.liteferry.sink.batch.ChangeRecord;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Encodes rows and keys of one table, field by field in {@link TargetTable#columns()} order. A key column's REAL is
 * written as the canonical key has it, so that a delete by key finds the row.
 */
final class RowEncoder {
    private final TargetTable table;
    private final List<ColumnPlan> columns;
    private final FieldEncoder[] encoders;
    private final FieldEncoder[] keyEncoders;
    private final boolean[] notNull;
    private final boolean[] inKey;
    private final int partitionColumn;
    private final boolean nullAsMinusInfinity;
    private Set<ChangeRecord> refused = Set.of();
    private final PackedReader reader = new PackedReader();
    private final PackedReader canonical = new PackedReader();
    private final PackedWriter scratch = new PackedWriter();

    /** @param notNull by position in the plan's columns, as the target really has it */
    RowEncoder(TargetTable table, boolean[] notNull) {
        this.table = table;
        this.notNull = notNull;
        columns = table.plan().columns();
        encoders = new FieldEncoder[columns.size()];
        inKey = new boolean[columns.size()];
        for (int i = 0; i < encoders.length; i++) {
            encoders[i] = encoder(i);
        }
        partitionColumn = table.plan().partitionColumn().map(columns::indexOf).orElse(-1);
        nullAsMinusInfinity = table.plan()
                .partition()
                .filter(p -> p instanceof PartitionPlan.ByRange r && r.nulls() == Nulls.MINUS_INFINITY)
                .isPresent();
        List<Integer> positions = table.plan().keyPositions();
        positions.forEach(i -> inKey[i] = true);
        keyEncoders = positions.isEmpty()
                ? new FieldEncoder[] {NumberEncoders.integer(TargetType.Kind.BIGINT)}
                : positions.stream().map(i -> encoders[i]).toArray(FieldEncoder[]::new);
    }

    private FieldEncoder encoder(int i) {
        ColumnPlan column = columns.get(i);
        FieldEncoder plain = FieldEncoders.of(table.source(), column);
        return column.mask()
                .map(m -> MaskEncoder.of(table.source(), column, m, plain, notNull[i], table.maskSecret()))
                .orElse(plain);
    }

    /** Appends all fields of a row; on a misfit nothing. */
    void row(ChangeRecord r, BinaryBuffer out) throws Misfit {
        int mark = out.length();
        try {
            if (r.columns() != encoders.length) {
                throw unreadable(r, "it has " + r.columns() + " columns, the plan has " + encoders.length, null);
            }
            if (refused.contains(r)) {
                throw new Misfit(Misfit.Reason.TOO_MANY_PARTITIONS)
                        .in(columns.get(partitionColumn).source());
            }
            if (table.plan().key().isRowid()) {
                key(r, out);
            }
            reader.reset(r.record(), r.values(), r.record().length - r.values());
            for (int i = 0; i < encoders.length; i++) {
                column(i, out);
            }
        } catch (Misfit m) {
            out.truncate(mark);
            throw m;
        } catch (IllegalArgumentException e) {
            throw unreadable(r, String.valueOf(e.getMessage()), e);
        }
    }

    /** Rows that no partition may be made for; they are misfits from here on. */
    void refuse(Set<ChangeRecord> records) {
        refused = records;
    }

    /** Appends the one field that says in which partition the row stands. */
    void partitionField(ChangeRecord r, BinaryBuffer out) throws Misfit {
        try {
            if (r.columns() != encoders.length) {
                return; // row() says what is wrong
            }
            reader.reset(r.record(), r.values(), r.record().length - r.values());
            for (int i = 0; i < partitionColumn; i++) {
                reader.next();
            }
            column(partitionColumn, out);
        } catch (IllegalArgumentException e) {
            throw unreadable(r, String.valueOf(e.getMessage()), e);
        }
    }

    private void column(int i, BinaryBuffer out) throws Misfit {
        StorageClass c = reader.next();
        try {
            if (c == StorageClass.NULL && i == partitionColumn && nullAsMinusInfinity) {
                TimeEncoder.minusInfinity(columns.get(i).type().kind(), out);
            } else if (c == StorageClass.NULL) {
                if (notNull[i]) {
                    throw new Misfit(Misfit.Reason.NULL_VALUE);
                }
                out.putNullField();
            } else if (c == StorageClass.REAL && inKey[i]) {
                canonical.reset(
                        RowKey.putCanonicalReal(scratch.reset(), reader.real()).toBytes());
                encoders[i].encode(canonical.next(), canonical, out);
            } else {
                encoders[i].encode(c, reader, out);
            }
        } catch (Misfit m) {
            throw m.in(columns.get(i).source());
        }
    }

    /** Appends the fields of the key, in key order; on a misfit nothing. */
    void key(ChangeRecord r, BinaryBuffer out) throws Misfit {
        int mark = out.length();
        try {
            canonical.reset(r.key());
            for (FieldEncoder e : keyEncoders) {
                StorageClass c = canonical.next();
                if (c == StorageClass.NULL) {
                    throw new Misfit(Misfit.Reason.NULL_VALUE);
                }
                e.encode(c, canonical, out);
            }
        } catch (Misfit m) {
            out.truncate(mark);
            throw m;
        } catch (IllegalArgumentException e) {
            throw unreadable(r, String.valueOf(e.getMessage()), e);
        }
    }

    private LiteferryException unreadable(ChangeRecord r, String found, @Nullable Throwable cause) {
        return new LiteferryException(
                ErrorCode.RECORD_UNREADABLE,
                "Reading the record at " + table.topic() + " offset " + r.offset() + ": " + found
                        + ". Capture and sink must run the same plan and version.",
                cause);
    }
}
