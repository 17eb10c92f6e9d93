package io.liteferry.sink.write;

import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.schema.PartitionSlot;
import io.liteferry.sink.schema.Partitions;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sees to it, before rows are written, that each has a partition; takes aside those that are to have none. */
final class PartitionPlacer {
    private static final long DAYS_1970_TO_2000 = 10_957;
    private static final long MICROS_A_DAY = 86_400_000_000L;

    private final TargetTable table;
    private final Partitions partitions;
    private final RowEncoder encoder;
    private final BinaryBuffer field = new BinaryBuffer();
    private final TargetType.Kind kind;
    private final boolean times;

    PartitionPlacer(TargetTable table, Partitions partitions, RowEncoder encoder) {
        this.table = table;
        this.partitions = partitions;
        this.encoder = encoder;
        kind = table.plan().partitionColumn().orElseThrow().type().kind();
        times = table.plan()
                .partition()
                .filter(p -> p instanceof PartitionPlan.ByRange)
                .isPresent();
    }

    Partitions partitions() {
        return partitions;
    }

    /**
     * The records as they can be written: one whose partition was detached as a delete, for the target has the row no
     * more; one that would need a partition too many becomes a misfit when it is encoded.
     */
    List<ChangeRecord> place(Connection c, Collection<ChangeRecord> records, Outcome outcome) throws SQLException {
        List<ChangeRecord> placed = new ArrayList<>(records.size());
        Set<ChangeRecord> tooMany = new HashSet<>();
        Map<Object, Partitions.State> states = new HashMap<>();
        for (ChangeRecord r : records) {
            Object place = r.isDelete() ? null : place(r);
            if (place == null) {
                placed.add(r);
                continue;
            }
            Partitions.State state = states.get(place);
            if (state == null) {
                state = partitions.state(c, slot(place));
                states.put(place, state);
            }
            if (state == Partitions.State.DETACHED) {
                outcome.detached(table.source());
                placed.add(r.asDelete());
            } else {
                if (state == Partitions.State.TOO_MANY) {
                    tooMany.add(r);
                }
                placed.add(r);
            }
        }
        encoder.refuse(tooMany);
        return placed;
    }

    void ahead(Connection c, Instant now) throws SQLException {
        partitions.ahead(c, now);
    }

    private enum Null {
        VALUE
    }

    /** The first day of the row's period, or its value's text; null where that is a misfit, which writing finds out. */
    private @Nullable Object place(ChangeRecord r) {
        field.truncate(0);
        try {
            encoder.partitionField(r, field);
        } catch (Misfit m) {
            return null;
        }
        if (field.length() == 0) {
            return null;
        }
        int length = field.getInt(0);
        if (length < 0) {
            return Null.VALUE;
        }
        return times ? period(length) : value(length);
    }

    private Object period(int length) {
        long number = number(length);
        if (number == (length == 4 ? Integer.MIN_VALUE : Long.MIN_VALUE)) {
            return Null.VALUE;
        }
        long day = length == 4 ? number : Math.floorDiv(number, MICROS_A_DAY);
        return partitions.start(LocalDate.ofEpochDay(day + DAYS_1970_TO_2000));
    }

    private Object value(int length) {
        return switch (kind) {
            case SMALLINT, INTEGER, BIGINT -> String.valueOf(number(length));
            case BOOLEAN -> String.valueOf(field.array()[4] != 0);
            case DATE ->
                LocalDate.ofEpochDay(number(length) + DAYS_1970_TO_2000).toString();
            case UUID -> new UUID(number(4, 8), number(12, 8)).toString();
            default -> new String(field.array(), 4, length, StandardCharsets.UTF_8);
        };
    }

    private PartitionSlot slot(Object place) {
        if (place == Null.VALUE) {
            return partitions.slotOfNull();
        }
        return place instanceof LocalDate start ? partitions.slot(start) : partitions.slot((String) place);
    }

    private long number(int length) {
        return number(4, length);
    }

    /** A number of PostgreSQL's binary form. */
    private long number(int from, int length) {
        long value = field.array()[from];
        for (int i = 1; i < length; i++) {
            value = value << 8 | field.array()[from + i] & 0xFF;
        }
        return value;
    }
}
