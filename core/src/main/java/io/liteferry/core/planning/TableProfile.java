package io.liteferry.core.planning;

import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.sqlite.SourceTable;
import io.liteferry.core.sqlite.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What one pass over a table found: its rows, its columns' values, and the rows whose parents are missing. */
final class TableProfile implements TableScan.Visitor {
    private final SourceTable table;
    private final List<ColumnProfile> columns;
    private final List<ParentLookup> parents;
    private final long[] orphans;
    private final int[] keyPositions;
    private final PackedReader reader = new PackedReader();
    private final ObservedValue value = new ObservedValue(reader);
    private final PlanProgress progress;
    private final long expected;
    private String whose = "";
    private long rows;
    private long largest;

    /** @param expected rows of all tables, for the progress */
    TableProfile(
            SourceTable table,
            List<ColumnProfile> columns,
            List<ParentLookup> parents,
            long expected,
            PlanProgress progress) {
        this.table = table;
        this.columns = columns;
        this.parents = parents;
        this.orphans = new long[parents.size()];
        this.expected = expected;
        this.progress = progress;
        this.keyPositions = table.primaryKey().stream()
                .mapToInt(c -> table.columns().indexOf(c))
                .toArray();
    }

    /**
     * Reads one file's copy of the table; what the copy lacks is NULL in every row.
     *
     * @param all tables of that file
     * @param whose stands before the keys of its rows in findings
     */
    void read(TableScan scan, SourceTable copy, List<SourceTable> all, String whose) throws SQLException {
        this.whose = whose;
        long before = rows;
        List<String> expressions = Stream.of(
                        table.columns().stream()
                                .map(c -> copy.column(c.name()).isPresent() ? "t." + Sql.name(c.name()) : "NULL"),
                        parents.stream().map(p -> p.standsIn(copy, all) ? p.isMissing() : "0"),
                        // A table without a declared key is known by its rowid, in the findings too.
                        keyPositions.length == 0 ? copy.rowidName().map(r -> "t." + r).stream() : Stream.<String>of())
                .flatMap(s -> s)
                .toList();
        scan.read(copy, expressions, this);
        largest = Math.max(largest, rows - before);
    }

    @Override
    public void row(byte[] packed) {
        rows++;
        reader.reset(packed);
        for (ColumnProfile c : columns) {
            value.next();
            c.accept(value, () -> key(packed));
        }
        for (int i = 0; i < orphans.length; i++) {
            reader.next();
            orphans[i] += reader.integer();
        }
    }

    @Override
    public void slice(long soFar) {
        progress.rows(table.name(), rows, expected);
    }

    private String key(byte[] packed) {
        List<SqliteValue> values = new ArrayList<>();
        PackedReader r = new PackedReader().reset(packed);
        while (r.hasNext()) {
            values.add(r.nextValue());
        }
        if (keyPositions.length == 0) {
            boolean byRowid = values.size() > columns.size() + parents.size();
            return whose + (byRowid ? "rowid " + values.get(values.size() - 1) : "row " + rows);
        }
        return whose
                + RowKey.of(Arrays.stream(keyPositions).mapToObj(values::get).toList())
                        .toString();
    }

    SourceTable table() {
        return table;
    }

    /** Rows of the file that has most of them. */
    long rows() {
        return largest;
    }

    List<ColumnProfile> columns() {
        return columns;
    }

    ColumnProfile column(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return columns.stream()
                .filter(c -> c.column().name().toLowerCase(Locale.ROOT).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no column " + name + " in " + table.name()));
    }

    /** Rows that refer to a parent that is not there. */
    long orphans(SourceTable.ForeignKey key) {
        for (int i = 0; i < parents.size(); i++) {
            if (parents.get(i).key().equals(key)) {
                return orphans[i];
            }
        }
        return 0;
    }

    /** Rows the table probably has, without counting them. */
    static long expected(Connection connection, SourceTable table) throws SQLException {
        if (table.rowidName().isEmpty()) {
            return 0;
        }
        String rowid = table.rowidName().get();
        try (PreparedStatement ps = connection.prepareStatement("SELECT (SELECT max(" + rowid + ") FROM main."
                        + Sql.name(table.name()) + ") - (SELECT min(" + rowid + ") FROM main."
                        + Sql.name(table.name()) + ") + 1");
                ResultSet rs = ps.executeQuery()) {
            return rs.next() ? Math.max(0, rs.getLong(1)) : 0;
        }
    }
}
