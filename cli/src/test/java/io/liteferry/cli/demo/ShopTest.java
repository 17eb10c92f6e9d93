package io.liteferry.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.liteferry.core.LiteferryException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopTest {
    private static final String QUIET =
            "SELECT count(*), sum(length(name)), sum(price), min(name) FROM products WHERE id <= 20"
                    + " UNION ALL SELECT count(*), sum(price), max(valid_from), '' FROM price_history WHERE product_id <= 20"
                    + " UNION ALL SELECT count(*), max(slug), sum(is_active), max(settings) FROM tenants";

    @TempDir
    Path folder;

    @Test
    void holdsAboutAsManyRowsAsAskedForAndBreaksNoRuleOfItsOwn() throws SQLException {
        Path file = folder.resolve("shop.db");
        Map<String, Long> counts = ShopDatabase.create(file, 12_000, 7);
        assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isCloseTo(12_000L, within(1_000L));
        assertThat(counts)
                .hasSize(10)
                .allSatisfy((table, rows) -> assertThat(rows).isPositive());
        assertThat(rows(file, "PRAGMA journal_mode")).containsExactly("wal");
        assertSound(file);
    }

    @Test
    void holdsEachKindOfValueItPromises() throws SQLException {
        Path file = folder.resolve("shop.db");
        ShopDatabase.create(file, 2_000, 7);
        assertThat(rows(file, "SELECT DISTINCT typeof(price) || typeof(list_price) FROM products ORDER BY 1"))
                .contains("realtext");
        assertThat(rows(file, "SELECT DISTINCT newsletter FROM customers ORDER BY 1"))
                .containsExactly("false", "true");
        assertThat(rows(file, "SELECT DISTINCT is_active FROM tenants ORDER BY 1"))
                .contains("1");
        assertThat(rows(file, "SELECT count(*) FROM customers WHERE email <> lower(email) COLLATE BINARY"))
                .doesNotContain("0");
        assertThat(rows(file, "SELECT DISTINCT email_domain FROM customers ORDER BY 1"))
                .containsExactly("example.org", "shop.example");
    }

    @Test
    void isTheSameForTheSameSeed() throws SQLException {
        String everything = "SELECT sum(total), max(note), sum(placed_at) FROM orders UNION ALL"
                + " SELECT max(hex(token)), max(id), sum(expires_at) FROM sessions";
        ShopDatabase.create(folder.resolve("a.db"), 3_000, 7);
        ShopDatabase.create(folder.resolve("b.db"), 3_000, 7);
        ShopDatabase.create(folder.resolve("c.db"), 3_000, 8);
        assertThat(rows(folder.resolve("b.db"), everything)).isEqualTo(rows(folder.resolve("a.db"), everything));
        assertThat(rows(folder.resolve("c.db"), everything)).isNotEqualTo(rows(folder.resolve("a.db"), everything));
    }

    @Test
    void saysWhyItCouldNotBeMade() {
        assertThatThrownBy(() -> ShopDatabase.create(folder.resolve("no/such/folder/shop.db"), 2_000, 7))
                .isInstanceOf(LiteferryException.class)
                .hasMessageContaining("Making the sample shop");
    }

    @Test
    void theLoadWritesInEveryWayAndLeavesTheSizesAndTheQuietRowsAlone() throws SQLException {
        Path file = folder.resolve("shop.db");
        Map<String, Long> before = ShopDatabase.create(file, 12_000, 7);
        List<String> quiet = rows(file, QUIET);
        ShopLoad load = new ShopLoad(file, 20_000, 1);
        try (load) {
            load.start();
            Awaitility.await()
                    .until(() ->
                            load.writes().committed() >= 3_000 || load.failure().isPresent());
        }
        Writes writes = load.writes();
        assertThat(writes.rolledBack()).isPositive();
        assertThat(writes.busy()).isZero();
        assertThat(writes.statements().keySet())
                .containsExactlyInAnyOrderElementsOf(Stream.of(Writes.Kind.values())
                        .map(k -> k.name().toLowerCase(Locale.ROOT))
                        .toList());
        assertThat(rows(file, QUIET)).isEqualTo(quiet);
        for (String table : List.of("orders", "customers", "sessions", "audit_logs", "idempotency_keys")) {
            long rows =
                    Long.parseLong(rows(file, "SELECT count(*) FROM " + table).get(0));
            assertThat(rows)
                    .as(table)
                    .isBetween(before.getOrDefault(table, 0L) / 2, before.getOrDefault(table, 0L) * 2);
        }
        assertSound(file);
    }

    @Test
    void nothingIsWrittenWhileTheLoadIsPaused() throws SQLException {
        Path file = folder.resolve("shop.db");
        ShopDatabase.create(file, 2_000, 7);
        try (ShopLoad load = new ShopLoad(file, 5_000, 1)) {
            load.start();
            Awaitility.await().until(() -> load.writes().committed() > 100);
            load.pause();
            Writes paused = load.writes();
            List<String> version = rows(file, "SELECT sum(updated_at), max(id), count(*) FROM orders");
            Thread.onSpinWait();
            assertThat(load.writes()).isEqualTo(paused);
            assertThat(rows(file, "SELECT sum(updated_at), max(id), count(*) FROM orders"))
                    .isEqualTo(version);
            load.resume();
            Awaitility.await().until(() -> load.writes().committed() > paused.committed());
        }
    }

    @Test
    void aWriterThatFailsIsNotPassedOver() throws SQLException {
        Path file = folder.resolve("shop.db");
        ShopDatabase.create(file, 2_000, 7);
        ShopLoad load = new ShopLoad(file, 5_000, 1);
        load.start();
        rows(file, "SELECT 1");
        try (Connection c = ShopDatabase.open(file);
                Statement s = c.createStatement()) {
            s.execute("DROP TABLE audit_logs");
        }
        Awaitility.await().until(() -> load.failure().isPresent());
        assertThatThrownBy(load::close).isInstanceOf(LiteferryException.class).hasMessageContaining("audit_logs");
    }

    private static void assertSound(Path file) throws SQLException {
        assertThat(rows(file, "PRAGMA integrity_check")).containsExactly("ok");
        assertThat(rows(file, "PRAGMA foreign_key_check")).isEmpty();
    }

    private static List<String> rows(Path file, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection c = ShopDatabase.open(file);
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery(sql)) {
            int columns = rs.getMetaData().getColumnCount();
            while (rs.next()) {
                StringBuilder row = new StringBuilder(String.valueOf(rs.getString(1)));
                for (int i = 2; i <= columns; i++) {
                    row.append('|').append(rs.getString(i));
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }
}
