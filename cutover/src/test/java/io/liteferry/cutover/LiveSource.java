package io.liteferry.cutover;

import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** A SQLite file in WAL mode with the captured table {@code t(id, v)}, and an application's connection on it. */
public final class LiveSource implements AutoCloseable {
    private final Path path;
    private final Connection application;

    public LiveSource(Path path) throws IOException, SQLException {
        this.path = Files.createFile(path);
        this.application = connect();
        sql("PRAGMA journal_mode = wal", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        new SourceInstaller(plan()).install();
    }

    public Path path() {
        return path;
    }

    public Plan plan() {
        TablePlan table = TablePlan.simple(
                "t",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT)),
                        ColumnPlan.plain("v", TargetType.of(TargetType.Kind.TEXT))));
        return new Plan("m", Options.of(Map.of(Options.DATABASE_FILE_PATH, path.toString())), List.of(table));
    }

    /** Another connection of the application. */
    public Connection connect() throws SQLException {
        Connection c = DriverManager.getConnection("jdbc:sqlite:" + path);
        try (Statement s = c.createStatement()) {
            s.execute("PRAGMA busy_timeout = 30000");
            s.execute("PRAGMA synchronous = off");
        }
        return c;
    }

    public void sql(String... statements) throws SQLException {
        try (Statement s = application.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }

    public long number(String sql) throws SQLException {
        try (Statement s = application.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            return rs.getLong(1);
        }
    }

    @Override
    public void close() throws SQLException {
        application.close();
    }
}
