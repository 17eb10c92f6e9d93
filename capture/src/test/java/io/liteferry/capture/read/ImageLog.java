package io.liteferry.capture.read;

import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.sqlite.RowReader;
import io.liteferry.core.sqlite.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** The design that was refused: triggers that log {@code NEW.*} as the row, applied in the order of the log. */
final class ImageLog {
    private ImageLog() {}

    static void install(Statement s, List<FuzzTables.Table> tables) throws SQLException {
        for (FuzzTables.Table t : tables) {
            s.execute("CREATE TABLE " + log(t) + "(n INTEGER PRIMARY KEY, gone, " + names("k", keys(t).size()) + ", "
                    + names("c", t.columns().size()) + ")");
            String gone = gone(t);
            String image = image(t);
            s.execute(trigger(t, "i", "INSERT", image));
            s.execute(trigger(t, "u", "UPDATE", gone + image));
            s.execute(trigger(t, "d", "DELETE", gone));
        }
    }

    static void applyTo(Replica replica, Connection source, List<FuzzTables.Table> tables) throws SQLException {
        for (int i = 0; i < tables.size(); i++) {
            FuzzTables.Table t = tables.get(i);
            int keys = keys(t).size();
            try (PreparedStatement ps = source.prepareStatement("SELECT gone, " + names("k", keys) + ", "
                            + names("c", t.columns().size()) + " FROM " + log(t) + " ORDER BY n");
                    ResultSet rs = ps.executeQuery()) {
                RowReader reader = new RowReader(ps, false);
                while (rs.next()) {
                    PackedWriter key = new PackedWriter();
                    reader.key(key, 1, keys);
                    PackedWriter row = new PackedWriter();
                    reader.values(row, 1 + keys, t.columns().size());
                    if (rs.getInt(1) == 1) {
                        replica.remove(i, new RowKey(key.toBytes()));
                    } else {
                        replica.put(i, new RowKey(key.toBytes()), new RowKey(row.toBytes()));
                    }
                }
            }
        }
    }

    private static String log(FuzzTables.Table t) {
        return Sql.name("image_" + t.name());
    }

    private static List<String> keys(FuzzTables.Table t) {
        return t.key().isEmpty() ? List.of("rowid") : t.key();
    }

    private static String names(String prefix, int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> prefix + i)
                .collect(Collectors.joining(", "));
    }

    private static String of(String row, List<String> columns) {
        return columns.stream().map(c -> row + "." + Sql.name(c)).collect(Collectors.joining(", "));
    }

    private static String gone(FuzzTables.Table t) {
        return "INSERT INTO " + log(t) + "(gone, " + names("k", keys(t).size()) + ") SELECT 1, " + of("OLD", keys(t))
                + "; ";
    }

    private static String image(FuzzTables.Table t) {
        return "INSERT INTO " + log(t) + "(gone, " + names("k", keys(t).size()) + ", "
                + names("c", t.columns().size()) + ") SELECT 0, " + of("NEW", keys(t)) + ", " + of("NEW", t.columns())
                + "; ";
    }

    private static String trigger(FuzzTables.Table t, String kind, String event, String body) {
        return "CREATE TRIGGER " + Sql.name("image_" + kind + "_" + t.name()) + " AFTER " + event + " ON " + t.sqlName()
                + " BEGIN "
                + body + "END";
    }
}
