package io.liteferry.cli.demo;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.sqlite.SqliteFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the sample shop in a new SQLite file: {@code shop.sql} and about as many rows as asked for, the same for the same
 * seed. Timestamps stand still at {@link #EPOCH_MILLIS}, so that a run can be repeated byte for byte.
 */
public final class ShopDatabase {
    public static final long DEFAULT_ROWS = 120_000;

    /**
     * Products up to this id, their prices and stock, and all tenants are left alone by {@link ShopLoad}: a change made
     * to them in the target by hand stays visible until it is repaired.
     */
    public static final int QUIET_PRODUCTS = 20;

    /** The latest moment in the sample's data, 2025-06-01T00:00:00Z. */
    static final long EPOCH_MILLIS = 1_748_736_000_000L;

    private ShopDatabase() {}

    /**
     * Makes the shop at a path where nothing stands yet, in WAL mode.
     *
     * @param rows about how many rows in all tables together; at least 2,000 are made
     * @return rows made, by table
     * @throws LiteferryException where SQLite refuses, for instance because the disk is full
     */
    public static Map<String, Long> create(Path file, long rows, long seed) {
        try (Connection c = open(file)) {
            try (Statement s = c.createStatement()) {
                s.execute("PRAGMA journal_mode = WAL");
                s.executeUpdate(schema());
                s.execute("BEGIN");
                new ShopRows(c, Math.max(rows, 2_000), seed).insert();
                s.execute("COMMIT");
            }
            return counts(c);
        } catch (SQLException e) {
            throw new SqliteFile(file).failure("Making the sample shop at " + file, e);
        }
    }

    /** As the shop's application opens it: foreign keys on, WAL's usual durability, a patience of five seconds. */
    static Connection open(Path file) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:sqlite:" + file.toAbsolutePath() + "?foreign_keys=true&synchronous=NORMAL&busy_timeout=5000");
    }

    private static Map<String, Long> counts(Connection c) throws SQLException {
        Map<String, Long> counts = new LinkedHashMap<>();
        try (Statement s = c.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet rs = s.executeQuery(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")) {
                while (rs.next()) {
                    tables.add(rs.getString(1));
                }
            }
            for (String table : tables) {
                try (ResultSet rs = s.executeQuery("SELECT count(*) FROM " + table)) {
                    counts.put(table, rs.getLong(1));
                }
            }
        }
        return counts;
    }

    private static String schema() {
        try (InputStream in = ShopDatabase.class.getResourceAsStream("shop.sql")) {
            if (in == null) {
                throw new IllegalStateException("shop.sql is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
