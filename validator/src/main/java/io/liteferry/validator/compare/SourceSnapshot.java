package io.liteferry.validator.compare;

import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.core.row.StorageClass;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.CanonicalRow;
import io.liteferry.validator.canonical.SourceForm;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One table inside one read transaction of SQLite. */
final class SourceSnapshot {
    /** The clock is looked at once in so many rows. */
    private static final int ROWS_PER_LOOK = 64;

    private final Connection connection;
    private final TableLayout layout;
    private final SourceShape shape;
    private final InFlight inFlight;
    private final long deadline;
    private final SourceForm form;
    private final SourceForm keyForm;
    private final boolean utf16;
    private final PackedWriter packed = new PackedWriter();
    private final PackedWriter packedKey = new PackedWriter();
    private final PackedReader values = new PackedReader();

    SourceSnapshot(
            Connection connection,
            TableLayout layout,
            SourceShape shape,
            InFlight inFlight,
            long deadline,
            boolean utf16) {
        this.connection = connection;
        this.layout = layout;
        this.shape = shape;
        this.inFlight = inFlight;
        this.deadline = deadline;
        this.form = layout.sourceForm();
        this.keyForm = layout.keyForm();
        this.utf16 = utf16;
    }

    SourceShape shape() {
        return shape;
    }

    InFlight inFlight() {
        return inFlight;
    }

    /** Whether this read transaction has lasted as long as one may. */
    boolean timeIsUp() {
        return System.nanoTime() - deadline > 0;
    }

    /**
     * Rows in key order.
     *
     * @param rows what was read
     * @param complete whether no row is left up to the bound
     */
    record Range(List<SourceRow> rows, boolean complete) {}

    /** A range with as many rows as fit the time; see {@link #range(RowKey, RowKey, int)}. */
    Range range(@Nullable RowKey after, @Nullable RowKey upTo, RangeSize size) throws SQLException {
        long began = System.nanoTime();
        Range range = range(after, upTo, size.rows());
        size.took(range.rows().size(), System.nanoTime() - began);
        return range;
    }

    /**
     * Reads a range: at least one row where there is one, at most {@code limit}, fewer where time is up.
     *
     * @param after rows above this key, or from the start
     * @param upTo rows at or below this key, or to the end
     */
    Range range(@Nullable RowKey after, @Nullable RowKey upTo, int limit) throws SQLException {
        List<SourceRow> rows = new ArrayList<>();
        if (after == null) {
            return new Range(rows, read(List.of(), upTo, limit, rows));
        }
        // SQLite would use no more of a comparison of whole keys than its first column, and nothing where one is
        // collated.
        for (int width = after.values().size(); width > 0; width--) {
            if (!read(after.values().subList(0, width), upTo, limit, rows)) {
                return new Range(rows, false);
            }
        }
        return new Range(rows, true);
    }

    /**
     * Reads the rows that have the first values of a key and a greater one after them.
     *
     * @return whether no row is left
     */
    private boolean read(List<SqliteValue> above, @Nullable RowKey upTo, int limit, List<SourceRow> rows)
            throws SQLException {
        List<SqliteValue> bound = new ArrayList<>(above);
        if (upTo != null) {
            bound.add(upTo.values().get(0));
            bound.addAll(upTo.values());
        }
        try (PreparedStatement ps = connection.prepareStatement(rangeSql(above, upTo, limit + 1L - rows.size()))) {
            bind(ps, bound);
            RowReader reader = new RowReader(ps, utf16);
            CanonicalRow row = layout.newRow();
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    if (rows.size() == limit || rows.size() % ROWS_PER_LOOK == 1 && timeIsUp()) {
                        return false;
                    }
                    rows.add(read(reader, row));
                }
            }
        }
        return true;
    }

    String rangeSql(List<SqliteValue> above, @Nullable RowKey upTo, long limit) {
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < above.size(); i++) {
            conditions.add(shape.keyTerms().get(i) + (i < above.size() - 1 ? " = " : " > ") + place(above.get(i)));
        }
        if (upTo != null) {
            conditions.add(
                    shape.keyTerms().get(0) + " <= " + place(upTo.values().get(0)));
            conditions.add(condition("<=", upTo.values()));
        }
        return shape.select() + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
                + " ORDER BY " + String.join(", ", shape.keyTerms()) + " LIMIT " + limit;
    }

    private SourceRow read(RowReader reader, CanonicalRow row) throws SQLException {
        reader.values(packed.reset(), 0, layout.columns().size());
        RowKey key = key();
        boolean fits = form.write(values.reset(packed.array(), 0, packed.length()), row.reset());
        byte[] name = row.columns(layout.key());
        boolean keyFits = fits || keyForm.write(values.reset(key.packed()), layout.newRow());
        return new SourceRow(key, new CanonicalKey(name), row.hash(), fits, keyFits);
    }

    /** The key of the row that was read, as {@link RowReader#key} gives it: asking SQLite again costs more. */
    private RowKey key() {
        packedKey.reset();
        for (int k : layout.key()) {
            values.reset(packed.array(), 0, packed.length());
            for (int i = 0; i < k; i++) {
                values.next();
            }
            int from = values.position();
            if (values.next() == StorageClass.REAL) {
                RowKey.putCanonicalReal(packedKey, values.real());
            } else {
                packedKey.putBytes(packed.array(), from, values.position() - from);
            }
        }
        return new RowKey(packedKey.toBytes());
    }

    /** The hashes of a row's columns, by position: hundreds of rows are held at once, however wide they are. */
    record Columns(List<Long> hashes, boolean fits) {
        static Columns of(CanonicalRow row, int count, boolean fits) {
            List<Long> hashes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                hashes.add(row.hash(i));
            }
            return new Columns(hashes, fits);
        }

        /** Positions of the columns in which two rows differ. */
        List<Integer> differences(Columns other) {
            List<Integer> positions = new ArrayList<>();
            for (int i = 0; i < hashes.size(); i++) {
                if (!hashes.get(i).equals(other.hashes.get(i))) {
                    positions.add(i);
                }
            }
            return positions;
        }
    }

    /**
     * A row found by its key.
     *
     * @param place canonical form of the column that says in which partition it stands; null where none does
     */
    record Found(RowKey key, Columns columns, byte @Nullable [] place) {}

    /** Looks rows up by their keys; one instance serves one transaction. */
    final class LookUp implements AutoCloseable {
        private final Map<String, Prepared> statements = new HashMap<>();

        private record Prepared(PreparedStatement statement, RowReader reader) {}

        /** The first of several spellings of a key that is there, byte for byte. */
        Optional<Found> first(List<RowKey> spellings) throws SQLException {
            for (RowKey key : spellings) {
                Optional<Found> found = row(key);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }

        /** The values of the first of several spellings that is there, in the layout's order. */
        Optional<List<SqliteValue>> values(List<RowKey> spellings) throws SQLException {
            for (RowKey key : spellings) {
                Optional<byte[]> packed = packed(key);
                if (packed.isPresent()) {
                    PackedReader reader = new PackedReader().reset(packed.get());
                    List<SqliteValue> values = new ArrayList<>();
                    while (reader.hasNext()) {
                        values.add(reader.nextValue());
                    }
                    return Optional.of(values);
                }
            }
            return Optional.empty();
        }

        private Optional<Found> row(RowKey key) throws SQLException {
            return packed(key).map(values -> {
                CanonicalRow row = layout.newRow();
                boolean fits = form.write(new PackedReader().reset(values), row);
                return new Found(key, Columns.of(row, layout.columns().size(), fits), fits ? layout.place(row) : null);
            });
        }

        private Optional<byte[]> packed(RowKey key) throws SQLException {
            List<SqliteValue> values = key.values();
            Prepared look = prepared(values);
            bind(look.statement(), values);
            try (ResultSet rs = look.statement().executeQuery()) {
                while (rs.next()) {
                    // The index may compare by a collation; a key is its bytes.
                    if (found(look.reader()).equals(key)) {
                        look.reader().values(packed.reset(), 0, layout.columns().size());
                        return Optional.of(packed.toBytes());
                    }
                }
            }
            return Optional.empty();
        }

        private RowKey found(RowReader reader) throws SQLException {
            packed.reset();
            for (int k : layout.key()) {
                reader.key(packed, k, 1);
            }
            return new RowKey(packed.toBytes());
        }

        private Prepared prepared(List<SqliteValue> values) throws SQLException {
            String places = places(values);
            Prepared known = statements.get(places);
            if (known == null) {
                PreparedStatement ps = connection.prepareStatement(lookUpSql(values));
                known = new Prepared(ps, new RowReader(ps, utf16));
                statements.put(places, known);
            }
            return known;
        }

        /** What the statement for a key depends on. */
        private String places(List<SqliteValue> values) {
            StringBuilder places = new StringBuilder();
            for (SqliteValue v : values) {
                places.append(v == SqliteValue.NULL ? 'n' : place(v));
            }
            return places.toString();
        }

        @Override
        public void close() throws SQLException {
            for (Prepared p : statements.values()) {
                p.statement().close();
            }
        }
    }

    LookUp lookUp() {
        return new LookUp();
    }

    String lookUpSql(List<SqliteValue> values) {
        // Nothing equals NULL, which stands in a key where SQLite let it.
        String operator = values.contains(SqliteValue.NULL) ? "IS" : "=";
        return shape.select() + " WHERE " + condition(operator, values);
    }

    private String condition(String operator, List<SqliteValue> values) {
        String places = values.stream().map(this::place).collect(Collectors.joining(", "));
        return "(" + String.join(", ", shape.keyTerms()) + ") " + operator + " (" + places + ")";
    }

    /** Text that is no valid UTF-8 cannot be bound as a string; the plus takes the cast's affinity away. */
    private String place(SqliteValue value) {
        return value instanceof SqliteValue.Text t && !bindable(t) ? "+CAST(? AS TEXT)" : "?";
    }

    private boolean bindable(SqliteValue.Text text) {
        String decoded = new String(text.utf8(), StandardCharsets.UTF_8);
        return utf16 || Arrays.equals(decoded.getBytes(StandardCharsets.UTF_8), text.utf8());
    }

    private void bind(PreparedStatement ps, List<SqliteValue> values) throws SQLException {
        int i = 1;
        for (SqliteValue v : values) {
            if (v instanceof SqliteValue.Int n) {
                ps.setLong(i, n.value());
            } else if (v instanceof SqliteValue.Real r) {
                ps.setDouble(i, r.value());
            } else if (v instanceof SqliteValue.Text t) {
                if (bindable(t)) {
                    ps.setString(i, new String(t.utf8(), StandardCharsets.UTF_8));
                } else {
                    ps.setBytes(i, t.utf8());
                }
            } else if (v instanceof SqliteValue.Blob b) {
                ps.setBytes(i, b.bytes());
            } else {
                ps.setNull(i, Types.NULL);
            }
            i++;
        }
    }
}
