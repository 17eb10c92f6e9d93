package io.liteferry.capture.read;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * An application with a SQLite library of its own, in a process of its own: its class path has that library and this class,
 * nothing of ours. Arguments: the database, a file with a statement a line. Writes the library's version and one line for
 * each statement into the second file with {@code .out} at its end.
 */
public final class OldApplication {
    private OldApplication() {}

    public static void main(String[] args) throws Exception {
        Class.forName("org.sqlite.JDBC");
        List<String> said = new ArrayList<>();
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + args[0]);
                Statement s = c.createStatement()) {
            try (ResultSet rs = s.executeQuery("SELECT sqlite_version()")) {
                rs.next();
                said.add(rs.getString(1));
            }
            s.execute("PRAGMA synchronous = off");
            for (String sql : Files.readAllLines(Path.of(args[1]))) {
                try {
                    s.execute(sql);
                    said.add("ok");
                } catch (SQLException e) {
                    said.add(String.valueOf(e.getMessage()));
                }
            }
        }
        Files.write(Path.of(args[1] + ".out"), said);
    }
}
