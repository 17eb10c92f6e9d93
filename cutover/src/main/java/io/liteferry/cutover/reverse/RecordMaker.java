package io.liteferry.cutover.reverse;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.change.ReverseRecord.Kind;
import io.liteferry.core.change.ReverseRecord.Operation;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records of the reverse feed from Debezium's. A change of the columns in PostgreSQL that the plan does not know
 * halts the feed: nothing of it would come to SQLite.
 */
final class RecordMaker {
    /** Headers that Debezium puts on the two events into which it cuts an update of the primary key. */
    private static final String NEW_KEY = "__debezium.newkey";

    private static final String OLD_KEY = "__debezium.oldkey";

    private final Map<String, Table> tables = new HashMap<>();
    private long transaction;
    private long millis;
    private long position;

    /** @param left columns of the target that the plan leaves out, by target table: they were there before the switch */
    RecordMaker(Plan plan, Map<String, List<String>> left) {
        for (TablePlan t : plan.tables()) {
            tables.put(t.target(), new Table(t, Set.copyOf(left.getOrDefault(t.target(), List.of()))));
        }
    }

    /** A table with the columns that are carried, by target name. */
    private static final class Table {
        private final TablePlan plan;
        private final Set<String> carried = new HashSet<>();
        private final Set<String> left;
        private @Nullable Struct displaced;

        Table(TablePlan plan, Set<String> left) {
            this.plan = plan;
            this.left = left;
            plan.columns().stream().map(ColumnPlan::target).forEach(carried::add);
            if (plan.key().isRowid()) {
                carried.add(KeyPlan.ROWID_COLUMN);
            }
        }
    }

    /** Empty for what is of no table of ours, and for the first half of a changed key. */
    Optional<ReverseRecord> of(SourceRecord event) {
        if (!(event.value() instanceof Struct value)) {
            return Optional.empty();
        }
        position = position(event);
        if (value.schema().field("status") != null) {
            return Optional.of(boundary(value));
        }
        if (value.schema().field("op") == null) {
            return Optional.of(ReverseRecord.heartbeat(position, value.getInt64("ts_ms")));
        }
        if (value.schema().field("message") != null) {
            return mark(value.getStruct("message"));
        }
        return change(event, value);
    }

    private ReverseRecord boundary(Struct value) {
        String id = value.getString("id");
        int colon = id.indexOf(':');
        transaction = Long.parseLong(colon < 0 ? id : id.substring(0, colon));
        millis = value.getInt64("ts_ms");
        return value.getString("status").equals("BEGIN")
                ? ReverseRecord.begin(transaction, position, millis)
                : ReverseRecord.end(transaction, position, millis);
    }

    /** Where everything before is complete: what Debezium itself tells PostgreSQL once we have marked the event. */
    private static long position(SourceRecord event) {
        Object committed = event.sourceOffset().get("lsn_commit");
        Object processed = event.sourceOffset().get("lsn_proc");
        Object position = committed == null ? processed : committed;
        return position instanceof Number n ? n.longValue() : 0;
    }

    private Optional<ReverseRecord> mark(Struct message) {
        if (!message.getString("prefix").equals(ReverseRecord.MARK_PREFIX)) {
            return Optional.empty();
        }
        Object content = message.get("content");
        byte[] bytes = content instanceof ByteBuffer b ? bytes(b) : (byte[]) content;
        return Optional.of(
                ReverseRecord.mark(transaction, position, millis, new String(bytes, StandardCharsets.UTF_8)));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private Optional<ReverseRecord> change(SourceRecord event, Struct value) {
        Table table = tables.get(value.getStruct("source").getString("table"));
        if (table == null) {
            return Optional.empty();
        }
        Struct before = value.getStruct("before");
        Struct after = value.getStruct("after");
        switch (value.getString("op")) {
            case "t" -> {
                return Optional.of(ReverseRecord.truncate(transaction, position, millis, table.plan.source()));
            }
            case "d" -> {
                if (event.headers().lastWithName(NEW_KEY) != null) {
                    table.displaced = before;
                    return Optional.empty();
                }
                return Optional.of(record(table, Operation.DELETE, before, null));
            }
            case "c" -> {
                if (event.headers().lastWithName(OLD_KEY) == null) {
                    return Optional.of(record(table, Operation.CREATE, null, after));
                }
                Struct displaced = table.displaced;
                table.displaced = null;
                return Optional.of(record(table, Operation.UPDATE, displaced, after));
            }
            default -> {
                return Optional.of(record(table, Operation.UPDATE, before, after));
            }
        }
    }

    private ReverseRecord record(Table table, Operation op, @Nullable Struct before, @Nullable Struct after) {
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        List<String> unavailable = new ArrayList<>();
        if (after != null) {
            demandKnownColumns(table, after);
            for (Field f : after.schema().fields()) {
                Object text = after.getWithoutDefault(f.name());
                if (TextConverter.UNAVAILABLE.equals(text)) {
                    unavailable.add(f.name());
                } else if (table.carried.contains(f.name())) {
                    values.put(f.name(), (String) text);
                }
            }
        }
        Map<String, @Nullable String> old = before == null ? Map.of() : key(table, before);
        Map<String, @Nullable String> key = after == null ? old : key(table, after);
        return new ReverseRecord(
                Kind.CHANGE,
                transaction,
                position,
                millis,
                table.plan.source(),
                op,
                key,
                op == Operation.UPDATE && !old.equals(key) ? old : Map.of(),
                values,
                unavailable,
                "");
    }

    private static Map<String, @Nullable String> key(Table table, Struct row) {
        Map<String, @Nullable String> key = new LinkedHashMap<>();
        for (String column : table.plan.targetKey()) {
            key.put(column, (String) row.getWithoutDefault(column));
        }
        return key;
    }

    private static void demandKnownColumns(Table table, Struct row) {
        Set<String> found = new HashSet<>();
        row.schema().fields().forEach(f -> found.add(f.name()));
        for (String column : table.carried) {
            if (!found.contains(column)) {
                throw changed(table, column, "is gone from PostgreSQL since the switch, or has another name there now");
            }
        }
        found.removeAll(table.carried);
        found.removeAll(table.left);
        if (!found.isEmpty()) {
            String column = found.iterator().next();
            throw changed(table, column, "was added in PostgreSQL after the switch");
        }
    }

    private static LiteferryException changed(Table table, String column, String what) {
        return new LiteferryException(
                ErrorCode.REVERSE_FAILED,
                "Carrying a change of " + table.plan.target() + " back to SQLite: column " + column + " " + what
                        + ". Make the same change in SQLite (ALTER TABLE " + table.plan.source()
                        + " …, as the fence lets DDL pass) and in the migration file, then start the reverse feed"
                        + " again: it goes on where it stopped. Or give up the rollback with liteferry complete.");
    }
}
