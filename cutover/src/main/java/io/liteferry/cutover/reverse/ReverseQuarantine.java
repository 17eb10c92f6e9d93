package io.liteferry.cutover.reverse;

import io.liteferry.core.change.Json;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.row.SqliteValue;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows of PostgreSQL that SQLite cannot hold: {@value #TABLE} in SQLite, written in the transaction in which the row would
 * have been. Its row in SQLite, if it has one, stays as it was. The next good change of the key takes the entry away; as
 * long as there is one, a rollback would lose what it says.
 */
public final class ReverseQuarantine {
    public static final String TABLE = "_liteferry_quarantine";

    static final String MAKE =
            "CREATE TABLE IF NOT EXISTS " + TABLE + "(tbl, key, record, reason, since_ms, PRIMARY KEY (tbl, key))";

    private final Statements statements;
    private long count;

    ReverseQuarantine(Statements statements) {
        this.statements = statements;
    }

    /** Looks again how many entries there are: at the beginning of each transaction, as one may have been undone. */
    void recount() throws SQLException {
        count = number(statements.rows("SELECT count(*) FROM " + TABLE, List.of(), 1));
    }

    private static long number(List<List<SqliteValue>> rows) {
        return rows.get(0).get(0) instanceof SqliteValue.Int i ? i.value() : 0;
    }

    long count() {
        return count;
    }

    /**
     * A change with what an entry of its key has kept: the values that it does not have because it has not touched them, and
     * the key that the row still has in SQLite.
     */
    ReverseRecord completed(ReverseRecord change) throws SQLException {
        Optional<ReverseRecord> kept =
                entry(change.table(), change.before().isEmpty() ? change.key() : change.before());
        if (kept.isEmpty()) {
            return change;
        }
        Map<String, @Nullable String> after = new LinkedHashMap<>(change.after());
        List<String> unavailable = new ArrayList<>();
        for (String column : change.unavailable()) {
            if (kept.get().after().containsKey(column)) {
                after.put(column, kept.get().after().get(column));
            } else {
                unavailable.add(column);
            }
        }
        return new ReverseRecord(
                change.kind(),
                change.transaction(),
                change.lsn(),
                change.millis(),
                change.table(),
                change.op(),
                change.key(),
                kept.get().before().isEmpty() ? change.before() : kept.get().before(),
                after,
                unavailable,
                change.mark());
    }

    private Optional<ReverseRecord> entry(String table, Map<String, @Nullable String> key) throws SQLException {
        if (count == 0) {
            return Optional.empty();
        }
        return statements
                .rows("SELECT record FROM " + TABLE + " WHERE tbl = ? AND key = ?", List.of(text(table), text(key)), 1)
                .stream()
                .map(row -> Json.read(((SqliteValue.Text) row.get(0)).utf8(), ReverseRecord.class, TABLE))
                .findFirst();
    }

    void put(ReverseRecord change, String reason) throws SQLException {
        clear(change);
        statements.update(
                "INSERT INTO " + TABLE + "(tbl, key, record, reason, since_ms) VALUES (?, ?, ?, ?, ?)",
                List.of(
                        text(change.table()),
                        text(change.key()),
                        new SqliteValue.Text(Json.bytes(change)),
                        text(reason),
                        new SqliteValue.Int(change.millis())));
        count++;
    }

    /** The change is in SQLite: what stood against its keys is past. */
    void clear(ReverseRecord change) throws SQLException {
        for (Map<String, @Nullable String> key : List.of(change.key(), change.before())) {
            if (count > 0 && !key.isEmpty()) {
                count -= statements.update(
                        "DELETE FROM " + TABLE + " WHERE tbl = ? AND key = ?",
                        List.of(text(change.table()), text(key)));
            }
        }
    }

    void clear(String table) throws SQLException {
        if (count > 0) {
            count -= statements.update("DELETE FROM " + TABLE + " WHERE tbl = ?", List.of(text(table)));
        }
    }

    private static SqliteValue text(String text) {
        return SqliteValue.Text.of(text);
    }

    private static SqliteValue text(Map<String, @Nullable String> key) {
        return text(new String(Json.bytes(key), StandardCharsets.UTF_8));
    }
}
