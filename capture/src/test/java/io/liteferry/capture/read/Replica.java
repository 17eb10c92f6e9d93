package io.liteferry.capture.read;

import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.RecordTag;
import io.liteferry.core.change.TableEvolution;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.change.TableProgress.State;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.EvolvedPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A target in memory that applies whole batches, as the sink does, and can be compared with the source. */
final class Replica {
    private final Plan written;
    private Plan plan;
    private final List<Map<RowKey, RowKey>> tables = new ArrayList<>();
    private final List<Map<RowKey, RecordTag>> named = new ArrayList<>();
    private final Map<String, RecordTag> swept = new HashMap<>();
    private final List<ChangeRecord> waiting = new ArrayList<>();
    private boolean sweeping = true;
    private Map<String, TableEvolution> evolution = Map.of();
    private @Nullable BatchEnd last;

    Replica(Plan plan) {
        this.written = plan;
        this.plan = plan;
        plan.tables().forEach(t -> {
            tables.add(new HashMap<>());
            named.add(new HashMap<>());
        });
    }

    /** As a sink that keeps what a new snapshot of a table does not find. */
    Replica withoutSweep() {
        sweeping = false;
        return this;
    }

    @Nullable
    BatchEnd last() {
        return last;
    }

    /** A new capture takes over: the batch that was open is dead. */
    void restart() {
        waiting.clear();
    }

    /** Takes every table as it is. */
    void copy(Connection source) throws SQLException {
        for (int i = 0; i < tables.size(); i++) {
            tables.get(i).putAll(truth(source, plan.tables().get(i)));
        }
    }

    /** The key of one integer, as differences name it. */
    RowKey key(long id) {
        return RowKey.of(List.of(new SqliteValue.Int(id)));
    }

    /** The bytes of a text or blob of the row with an integer key, in hex. */
    String value(int table, long id, int column) {
        RowKey row = java.util.Objects.requireNonNull(tables.get(table).get(key(id)));
        SqliteValue value = row.values().get(column);
        return HexFormat.of()
                .formatHex(value instanceof SqliteValue.Text t ? t.utf8() : ((SqliteValue.Blob) value).bytes());
    }

    void put(int table, RowKey key, RowKey row) {
        tables.get(table).put(key, row);
    }

    void remove(int table, RowKey key) {
        tables.get(table).remove(key);
    }

    void take(Slice slice) {
        waiting.addAll(slice.records());
        slice.end().ifPresent(end -> {
            evolve(end.layout(), table -> waiting.stream().anyMatch(r -> r.table() == table));
            long ordinal = 0;
            for (ChangeRecord record : waiting) {
                PackedReader r = new PackedReader().reset(record.value());
                ChangeFormat.Header header = ChangeFormat.readHeader(r);
                if (!header.batch().equals(end.id()) || header.ordinal() != ordinal++) {
                    throw new AssertionError("record " + header + " in batch " + end.id());
                }
                named.get(record.table())
                        .put(
                                new RowKey(record.key()),
                                new RecordTag(end.id().epoch(), end.id().batch(), header.ordinal()));
                if (header.op() == Operation.DELETE) {
                    remove(record.table(), new RowKey(record.key()));
                } else {
                    PackedWriter values = new PackedWriter();
                    while (r.hasNext()) {
                        values.putValue(r.nextValue());
                    }
                    put(record.table(), new RowKey(record.key()), new RowKey(values.toBytes()));
                }
            }
            if (end.records() != waiting.size()) {
                throw new AssertionError("END counts " + end.records() + " of " + waiting.size());
            }
            evolve(end.evolution(), table -> true);
            waiting.clear();
            last = end;
            if (sweeping) {
                sweep(end);
            }
        });
    }

    private void sweep(BatchEnd end) {
        for (int i = 0; i < tables.size(); i++) {
            String table = plan.tables().get(i).source();
            TableProgress progress =
                    java.util.Objects.requireNonNull(end.tables().get(table));
            RecordTag since = progress.since();
            if (since != null
                    && progress.state() == State.STREAMING
                    && (!swept.containsKey(table) || swept.get(table).compareTo(since) < 0)) {
                Map<RowKey, RecordTag> tags = named.get(i);
                tables.get(i).keySet().removeIf(k -> {
                    RecordTag at = tags.get(k);
                    return at == null || at.compareTo(since) < 0;
                });
                swept.put(table, since);
            }
        }
    }

    /** Takes tables to other columns, as the sink does; the values of a dropped column that comes back are lost. */
    private void evolve(Map<String, TableEvolution> to, Predicate<Integer> which) {
        Map<String, TableEvolution> next = new HashMap<>(evolution);
        for (int i = 0; i < tables.size(); i++) {
            TablePlan table = written.tables().get(i);
            TableEvolution now = to.get(table.source());
            if (which.test(i)) {
                List<String> columns = new ArrayList<>(plan.tables().get(i).columns().stream()
                        .map(ColumnPlan::source)
                        .toList());
                for (ColumnChange step : EvolvedPlan.steps(table, evolution.get(table.source()), now)) {
                    alter(columns, tables.get(i), step);
                }
                if (now == null) {
                    next.remove(table.source());
                } else {
                    next.put(table.source(), now);
                }
                order(
                        tables.get(i),
                        columns,
                        EvolvedPlan.after(table, EvolvedPlan.changes(table, now))
                                .columns());
            }
        }
        evolution = next;
        plan = EvolvedPlan.of(written, evolution);
    }

    private static void alter(List<String> columns, Map<RowKey, RowKey> rows, ColumnChange change) {
        int at = columns.indexOf(change.column());
        switch (change.kind()) {
            case ADD -> columns.add(change.column());
            case DROP -> columns.remove(at);
            case RENAME -> columns.set(at, java.util.Objects.requireNonNull(change.to()));
            case UNIQUE -> throw new AssertionError(change.text());
        }
        rewrite(rows, values -> {
            if (change.kind() == ColumnChange.Kind.ADD) {
                values.add(value(change.defaultSql()));
            } else if (change.kind() == ColumnChange.Kind.DROP) {
                values.remove(at);
            }
            return values;
        });
    }

    private static void order(Map<RowKey, RowKey> rows, List<String> columns, List<ColumnPlan> wanted) {
        int[] from = wanted.stream().mapToInt(c -> columns.indexOf(c.source())).toArray();
        rewrite(rows, values -> Arrays.stream(from).mapToObj(values::get).toList());
    }

    private static void rewrite(Map<RowKey, RowKey> rows, UnaryOperator<List<SqliteValue>> change) {
        rows.replaceAll((key, row) -> {
            PackedWriter packed = new PackedWriter();
            change.apply(new ArrayList<>(row.values())).forEach(packed::putValue);
            return new RowKey(packed.toBytes());
        });
    }

    private static SqliteValue value(@Nullable String defaultSql) {
        if (defaultSql == null) {
            return SqliteValue.NULL;
        }
        return defaultSql.startsWith("'")
                ? SqliteValue.Text.of(defaultSql.substring(1, defaultSql.length() - 1))
                : new SqliteValue.Int(Long.parseLong(defaultSql));
    }

    /** What differs from the source now, by table and kind; tables that are suspended are left out. */
    List<String> differences(Connection source) throws SQLException {
        List<String> found = new ArrayList<>();
        BatchEnd end = last;
        for (int i = 0; i < tables.size(); i++) {
            TablePlan t = plan.tables().get(i);
            if (end != null && state(end, t) == State.SUSPENDED) {
                continue;
            }
            Map<RowKey, RowKey> truth = truth(source, t);
            Set<RowKey> keys = new HashSet<>(truth.keySet());
            keys.addAll(tables.get(i).keySet());
            for (RowKey k : keys) {
                RowKey there = truth.get(k);
                RowKey here = tables.get(i).get(k);
                if (there == null) {
                    found.add(t.source() + " phantom " + k);
                } else if (here == null) {
                    found.add(t.source() + " lost " + k);
                } else if (!Arrays.equals(there.packed(), here.packed())) {
                    found.add(t.source() + " stale " + k);
                }
            }
        }
        return found;
    }

    /** How many tables {@link #differences} looks at. */
    int compared() {
        BatchEnd end = last;
        return (int) plan.tables().stream()
                .filter(t -> end == null || state(end, t) != State.SUSPENDED)
                .count();
    }

    private static State state(BatchEnd end, TablePlan table) {
        return java.util.Objects.requireNonNull(end.tables().get(table.source()))
                .state();
    }

    private static Map<RowKey, RowKey> truth(Connection source, TablePlan t) throws SQLException {
        String key = t.key().isRowid()
                ? "rowid"
                : t.key().columns().stream().map(Sql::name).collect(Collectors.joining(","));
        String columns = t.columns().stream().map(c -> Sql.name(c.source())).collect(Collectors.joining(","));
        int keys = Math.max(1, t.key().columns().size());
        Map<RowKey, RowKey> rows = new HashMap<>();
        boolean utf16 = RowReader.isUtf16(source);
        try (PreparedStatement ps =
                        source.prepareStatement("SELECT " + key + ", " + columns + " FROM " + Sql.name(t.source()));
                ResultSet rs = ps.executeQuery()) {
            RowReader reader = new RowReader(ps, utf16);
            while (rs.next()) {
                PackedWriter k = new PackedWriter();
                reader.key(k, 0, keys);
                PackedWriter v = new PackedWriter();
                reader.values(v, keys, t.columns().size());
                rows.put(new RowKey(k.toBytes()), new RowKey(v.toBytes()));
            }
        }
        return rows;
    }
}
