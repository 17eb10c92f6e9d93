package io.liteferry.capture;

import io.liteferry.core.kafka.KafkaClients;
import io.liteferry.core.kafka.Topics;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** A SQLite file in WAL mode with an application's connection on it, and a plan over its tables. */
public final class SourceFixture implements AutoCloseable {
    private final Path path;
    private final Connection connection;
    private final Map<String, String> options = new HashMap<>();
    private final List<TablePlan> tables = new ArrayList<>();

    public SourceFixture(Path path) throws IOException, SQLException {
        this.path = path;
        Files.createFile(path);
        this.connection = new SqliteFile(path).openWriter();
        options.put(Options.DATABASE_FILE_PATH, path.toString());
        options.put(Options.CAPTURE_ADMIN_ADDRESS, "127.0.0.1:0");
        sql("PRAGMA journal_mode = wal", "PRAGMA synchronous = off");
    }

    public Path path() {
        return path;
    }

    public Connection connection() {
        return connection;
    }

    public SourceFixture option(String key, String value) {
        options.put(key, value);
        return this;
    }

    public SourceFixture sql(String... statements) throws SQLException {
        try (Statement s = connection.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
        return this;
    }

    /** The table {@code t(id, v)} with two rows, planned. */
    public SourceFixture twoRows() throws SQLException {
        return sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')")
                .table("t", List.of("id"), "id", "v");
    }

    /** Every text of the schema, in the order in which things were made. */
    public List<String> schema() throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement s = connection.createStatement();
                ResultSet rs = s.executeQuery("SELECT coalesce(sql, name) FROM sqlite_master ORDER BY rowid")) {
            while (rs.next()) {
                texts.add(rs.getString(1));
            }
        }
        return texts;
    }

    /** Plans a table: its key, empty for the rowid, and its columns. */
    public SourceFixture table(String name, List<String> key, String... columns) {
        tables.add(TablePlan.simple(
                name,
                key.isEmpty() ? KeyPlan.rowid() : new KeyPlan(KeyPlan.Kind.PRIMARY_KEY, key),
                Arrays.stream(columns)
                        .map(c -> ColumnPlan.plain(c, TargetType.parse("text").orElseThrow()))
                        .toList()));
        return this;
    }

    /** The table that was planned last is one that the application's own migrations have made in the target. */
    public SourceFixture existing() {
        TablePlan t = tables.remove(tables.size() - 1);
        tables.add(new TablePlan(
                t.source(), t.target(), t.key(), t.columns(), t.partition(), t.indexes(), t.foreignKeys(), 0, false));
        return this;
    }

    public Plan plan(String name) {
        return new Plan(name, Options.of(options), tables);
    }

    /** Makes the topics of a plan, as apply does. */
    public static void makeTopics(Plan plan) {
        try (Admin admin = KafkaClients.of(plan.options()).admin("test")) {
            Topics.makeMissing(admin, plan);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
