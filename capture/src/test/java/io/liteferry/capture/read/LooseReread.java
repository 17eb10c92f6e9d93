package io.liteferry.capture.read;

import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Operation;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.Sql;
import io.liteferry.core.sqlite.SqliteCatalog;
import io.liteferry.core.sqlite.SqliteFile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a reader would emit that takes whatever row SQLite finds equal to a logged key, byte for byte the same or not. */
final class LooseReread implements AutoCloseable {
    private final Plan plan;
    private final Connection connection;

    LooseReread(Plan plan, SqliteFile file) {
        this.plan = plan;
        this.connection = file.openReader();
    }

    Slice of(Slice slice) throws SQLException {
        List<ChangeRecord> records = new ArrayList<>();
        for (ChangeRecord r : slice.records()) {
            ChangeFormat.Header header = ChangeFormat.readHeader(new PackedReader().reset(r.value()));
            records.add(header.op() == Operation.DELETE ? reread(r, header) : r);
        }
        return new Slice(slice.batch(), records, slice.end(), slice.logRows());
    }

    private ChangeRecord reread(ChangeRecord deleted, ChangeFormat.Header header) throws SQLException {
        TablePlan t = plan.tables().get(deleted.table());
        RowKey key = new RowKey(deleted.key());
        KeyTerms terms =
                KeyTerms.of(t, new SqliteCatalog(connection).table(t.source()).orElseThrow());
        String columns = t.columns().stream().map(c -> Sql.name(c.source())).collect(Collectors.joining(", "));
        try (PreparedStatement ps = connection.prepareStatement(
                "SELECT " + columns + " FROM " + Sql.name(t.source()) + " AS t WHERE " + terms.equalTo(key))) {
            KeyTerms.bind(ps, 1, key);
            try (ResultSet rs = ps.executeQuery()) {
                if (!rs.next()) {
                    return deleted;
                }
                PackedWriter value = new PackedWriter();
                ChangeFormat.writeHeader(
                        value,
                        Operation.UPDATE,
                        header.batch(),
                        header.ordinal(),
                        0,
                        t.columns().size());
                new RowReader(ps, false).values(value, 0, t.columns().size());
                return new ChangeRecord(deleted.table(), Operation.UPDATE, deleted.key(), value.toBytes());
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
