package io.liteferry.bench;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The table of the load benchmarks: ten columns of mixed types, some text beyond ASCII, some NULLs, an integer key. */
final class WideTable {
    static final String NAME = "readings";
    /** Columns whose sums must be equal on both sides; pgloader makes float4 of REAL, so that one is left out. */
    static final String CHECK = "count(*), sum(id), sum(device), sum(amount), sum(length(label)), sum(length(note)),"
            + " count(note), sum(flags), count(seen_at)";

    private static final int BATCH = 10_000;
    private static final String[] CITIES = {"Köln", "Łódź", "Boston", "北京", "São Paulo", "Oslo", "Nairobi", "Αθήνα"};

    private WideTable() {}

    static void create(Path file, long rows) throws SQLException {
        Random random = new Random(1);
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            s.execute("CREATE TABLE " + NAME + "(id INTEGER PRIMARY KEY, device INTEGER NOT NULL, amount INTEGER,"
                    + " weight REAL, score REAL NOT NULL, label TEXT NOT NULL, city TEXT NOT NULL, note TEXT,"
                    + " flags INTEGER NOT NULL, seen_at TEXT NOT NULL)");
            c.setAutoCommit(false);
            try (PreparedStatement p =
                    c.prepareStatement("INSERT INTO " + NAME + " VALUES (" + "?, ".repeat(9) + "?)")) {
                for (long i = 1; i <= rows; i++) {
                    p.setLong(1, i);
                    p.setLong(2, random.nextInt(50_000));
                    p.setObject(3, i % 10 == 0 ? null : random.nextLong() >> 24);
                    p.setObject(4, i % 7 == 0 ? null : random.nextInt(1_000_000) / 1_000.0);
                    p.setDouble(5, random.nextDouble());
                    p.setString(6, "device " + random.nextInt(1_000_000) + " of batch " + i / 1_000);
                    p.setString(7, CITIES[random.nextInt(CITIES.length)]);
                    p.setObject(8, i % 3 == 0 ? null : "a note, with a \"quote\" and number " + random.nextInt());
                    p.setInt(9, random.nextInt(16));
                    p.setString(10, "2025-0" + (1 + random.nextInt(9)) + "-1" + random.nextInt(10) + " 12:34:56");
                    p.addBatch();
                    if (i % BATCH == 0 || i == rows) {
                        p.executeBatch();
                    }
                }
            }
            c.commit();
            c.setAutoCommit(true);
            s.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /** @param partitions hash partitions by the key; 0 for a plain table */
    static TablePlan plan(long rows, int partitions) {
        List<ColumnPlan> columns = List.of(
                ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                ColumnPlan.plain("device", TargetType.of(Kind.BIGINT)).notNull(),
                ColumnPlan.plain("amount", TargetType.of(Kind.BIGINT)),
                ColumnPlan.plain("weight", TargetType.of(Kind.DOUBLE)),
                ColumnPlan.plain("score", TargetType.of(Kind.DOUBLE)).notNull(),
                ColumnPlan.plain("label", TargetType.of(Kind.TEXT)).notNull(),
                ColumnPlan.plain("city", TargetType.of(Kind.TEXT)).notNull(),
                ColumnPlan.plain("note", TargetType.of(Kind.TEXT)),
                ColumnPlan.plain("flags", TargetType.of(Kind.BIGINT)).notNull(),
                ColumnPlan.plain("seen_at", TargetType.of(Kind.TIMESTAMP))
                        .withEncoding(Encoding.ISO8601)
                        .notNull());
        return new TablePlan(
                NAME,
                NAME,
                KeyPlan.primaryKey("id"),
                columns,
                partitions > 0 ? Optional.of(new PartitionPlan.ByHash(List.of("id"), partitions)) : Optional.empty(),
                List.of(),
                List.of(),
                rows,
                true);
    }
}
