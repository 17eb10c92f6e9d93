package io.liteferry.capture.read;

import io.liteferry.core.sqlite.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;

/** Our triggers with a rule taken out of their text. */
final class TriggerMutants {
    private TriggerMutants() {}

    static String withoutCandidates(String sql) {
        return without(sql, "4, .*?");
    }

    /** Without the key that an update gives to the row. */
    static String withoutNewKey(String sql) {
        return without(sql, "2, random\\(\\), NEW\\..*?");
    }

    private static String without(String sql, String selected) {
        return sql.replaceAll(
                "(?s)  INSERT INTO _liteferry_log\\([^)]*\\) SELECT \\d+, " + selected + ";\n(?=  INSERT INTO|END$)",
                "");
    }

    /** Makes a trigger again with another text. */
    static void rewrite(Connection connection, String trigger, UnaryOperator<String> change) throws SQLException {
        try (Statement s = connection.createStatement()) {
            String before;
            try (ResultSet rs = s.executeQuery("SELECT sql FROM sqlite_master WHERE name = " + Sql.text(trigger))) {
                before = rs.getString(1);
            }
            s.execute("DROP TRIGGER " + Sql.name(trigger));
            s.execute(change.apply(before));
        }
    }
}
