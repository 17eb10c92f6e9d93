package io.liteferry.bench;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** A table of ten columns that is written steadily, with one kind of key; the same on both sides. */
enum UpsertTable {
    INTEGER_KEYS("INTEGER PRIMARY KEY", Kind.BIGINT, "bigint"),
    UUID_KEYS("TEXT PRIMARY KEY NOT NULL", Kind.TEXT, "text COLLATE \"C\"");

    /** What a phase of the workload does to the table. */
    enum Phase {
        INSERTS,
        UPDATES,
        /** Four inserts and four updates to two deletes, no key twice. */
        MIXED;

        /** As figures have it. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String COLUMNS =
            ", device %1$s NOT NULL, amount %1$s, weight %2$s, score %2$s NOT NULL, label text NOT NULL,"
                    + " city text NOT NULL, note text, flags %1$s NOT NULL, seen_at text NOT NULL)";
    /** Prime to every number of rows that anyone gives: keys come in no order that an index likes. */
    private static final long STRIDE = 2_147_483_647L;

    private final String sqliteKey;
    private final Kind keyType;
    private final String targetKey;

    UpsertTable(String sqliteKey, Kind keyType, String targetKey) {
        this.sqliteKey = sqliteKey;
        this.keyType = keyType;
        this.targetKey = targetKey;
    }

    /** On both sides. */
    String table() {
        return label();
    }

    /** As figures have it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String sqliteDdl() {
        return "CREATE TABLE " + table() + "(id " + sqliteKey + String.format(Locale.ROOT, COLUMNS, "INTEGER", "REAL");
    }

    /** As our own installer makes it, without what guards it. */
    String targetDdl() {
        return "CREATE TABLE " + table() + "(id " + targetKey + " PRIMARY KEY"
                + String.format(Locale.ROOT, COLUMNS, "bigint", "double precision");
    }

    TablePlan plan() {
        TargetType bigint = TargetType.of(Kind.BIGINT);
        TargetType real = TargetType.of(Kind.DOUBLE);
        TargetType text = TargetType.of(Kind.TEXT);
        ColumnPlan id = ColumnPlan.plain("id", TargetType.of(keyType)).notNull();
        return new TablePlan(
                table(),
                table(),
                KeyPlan.primaryKey("id"),
                List.of(
                        keyType == Kind.TEXT ? id.comparedByBytes() : id,
                        ColumnPlan.plain("device", bigint).notNull(),
                        ColumnPlan.plain("amount", bigint),
                        ColumnPlan.plain("weight", real),
                        ColumnPlan.plain("score", real).notNull(),
                        ColumnPlan.plain("label", text).notNull(),
                        ColumnPlan.plain("city", text).notNull(),
                        ColumnPlan.plain("note", text),
                        ColumnPlan.plain("flags", bigint).notNull(),
                        ColumnPlan.plain("seen_at", text).notNull()),
                Optional.empty(),
                List.of(),
                List.of(),
                0,
                true);
    }

    /** Writes changes {@code from} to {@code to} of a phase of {@code all}, in one transaction. */
    void write(Connection source, Phase phase, long from, long to, long all) throws SQLException {
        Random random = new Random(from);
        try (PreparedStatement insert = source.prepareStatement(String.format(
                        Locale.ROOT,
                        "INSERT INTO %s VALUES (?, ?, ?, ?, ?, ?, 'Łódź', ?, ?, '2025-06-10 12:34:56')",
                        table()));
                PreparedStatement update = source.prepareStatement(String.format(
                        Locale.ROOT,
                        "UPDATE %s SET amount = ?, score = ?, note = ?, flags = ? WHERE id = ?",
                        table()));
                PreparedStatement delete =
                        source.prepareStatement(String.format(Locale.ROOT, "DELETE FROM %s WHERE id = ?", table()));
                Statement s = source.createStatement()) {
            s.execute("BEGIN");
            for (long i = from; i < to; i++) {
                long scattered = i * STRIDE % all;
                long turn = phase == Phase.MIXED ? i % 10 : phase == Phase.INSERTS ? 0 : 4;
                if (turn < 4) {
                    insert(insert, phase == Phase.MIXED ? all + i : i, random);
                } else if (turn < 8) {
                    update(update, scattered, random);
                } else {
                    delete.setObject(1, key(scattered));
                    delete.executeUpdate();
                }
            }
            s.execute("COMMIT");
        }
    }

    private void insert(PreparedStatement p, long i, Random random) throws SQLException {
        p.setObject(1, key(i));
        p.setLong(2, random.nextInt(50_000));
        p.setObject(3, i % 10 == 0 ? null : random.nextLong() >> 24);
        p.setObject(4, i % 7 == 0 ? null : random.nextInt(1_000_000) / 1_000.0);
        p.setDouble(5, random.nextDouble());
        p.setString(6, "device " + random.nextInt(1_000_000) + " of batch " + i / 1_000);
        p.setObject(7, i % 3 == 0 ? null : "a note, with a \"quote\" and number " + random.nextInt());
        p.setInt(8, random.nextInt(16));
        p.executeUpdate();
    }

    private void update(PreparedStatement p, long i, Random random) throws SQLException {
        p.setLong(1, random.nextLong() >> 24);
        p.setDouble(2, random.nextDouble());
        p.setString(3, "another note, number " + random.nextInt());
        p.setInt(4, random.nextInt(16));
        p.setObject(5, key(i));
        p.executeUpdate();
    }

    private Object key(long i) {
        if (this == INTEGER_KEYS) {
            return i + 1;
        }
        Random of = new Random(i);
        return new UUID(of.nextLong(), of.nextLong()).toString();
    }
}
