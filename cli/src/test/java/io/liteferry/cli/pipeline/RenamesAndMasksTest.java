package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan edited by hand: other names in the target, and values that must not come there. */
class RenamesAndMasksTest {
    private static final String[] SOURCE = {
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE customer(id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, phone TEXT, notes TEXT)",
        "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer(id), total DECIMAL(10,2), CONSTRAINT paid CHECK (total BETWEEN 0 AND 1000))",
        "CREATE INDEX orders_customer ON orders(customer_id) WHERE total > 5",
        "INSERT INTO customer WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                + " SELECT i, 'person' || i || '@secret.example', 'Person Number ' || i, iif(i % 3, '+49 30 ' || i, NULL), 'secret ' || i FROM n",
        "INSERT INTO orders WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                + " SELECT i, 1 + i % 300, i / 4.0 FROM n",
    };

    @TempDir
    Path folder;

    @Test
    void comeThroughToTheTargetAndAreCheckedThere() throws Exception {
        Path source = folder.resolve("shop.db");
        String sqlite = "jdbc:sqlite:" + source;
        run(sqlite, SOURCE);
        String target = SharedServers.newDatabase();
        MigrationFixture shop = MigrationFixture.of(folder, source);
        shop.makePlanFor(SharedServers.kafka(), target);
        edit(shop.config());

        MigrationFixture.Ended ended = shop.runUntilReady();

        assertThat(ended.exit()).as(ended.out() + ended.err()).isZero();
        assertThat(rows(target, "SELECT nr, client, amount::text FROM purchase ORDER BY nr"))
                .isEqualTo(rows(sqlite, "SELECT id, customer_id, printf('%.2f', total) FROM orders ORDER BY id"));
        assertThat(rows(
                        target,
                        "SELECT count(DISTINCT contact), count(phone), count(notes), min(length(contact)) FROM client"))
                .containsExactly("300|200|0|32");
        assertThat(rows(target, "SELECT full_name FROM client WHERE id = 42")).containsExactly("************r 42");
        assertThat(
                        rows(
                                target,
                                "SELECT indexdef FROM pg_indexes WHERE tablename = 'purchase' AND indexname = 'orders_customer'"))
                .singleElement()
                .asString()
                .contains("(client)")
                .contains("amount >");
        assertThat(
                        rows(
                                target,
                                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'purchase'::regclass"))
                .singleElement()
                .asString()
                .contains("FOREIGN KEY (client) REFERENCES client(id)");

        assertThat(
                        rows(
                                target,
                                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = 'purchase'::regclass"))
                .singleElement()
                .asString()
                .startsWith("paid|CHECK (((amount >= ");

        // Changes go the same way, and what stands in a masked column by hand is found.
        run(
                sqlite,
                "UPDATE customer SET email = 'new' || id || '@secret.example', name = 'New Name' WHERE id < 10",
                "DELETE FROM orders WHERE id % 7 = 0");
        run(SharedServers.byHand(target), "UPDATE client SET notes = 'by hand' WHERE id = 11");
        ended = shop.command(
                "run",
                "all",
                "--config",
                shop.config().toString(),
                "--until",
                "ready",
                "--timeout",
                "5s",
                "-o",
                "json");
        assertThat(ended.exit()).as(ended.out() + ended.err()).isEqualTo(4);
        assertThat(ended.json().path("tables"))
                .filteredOn(t -> t.path("mismatched_rows").asInt() == 1)
                .extracting(t -> t.path("name").asText())
                .containsExactly("customer");
        assertThat(rows(target, "SELECT full_name, notes FROM client WHERE id = 9"))
                .containsExactly("****Name|null");
        assertThat(rows(target, "SELECT count(*) FROM purchase"))
                .isEqualTo(rows(sqlite, "SELECT count(*) FROM orders"));

        List<String> everything = rows(
                target,
                "SELECT t.c FROM (SELECT client::text AS c FROM client"
                        + " UNION ALL SELECT purchase::text FROM purchase) t");
        assertThat(everything).hasSizeGreaterThan(1_000).noneMatch(r -> r.contains("secret") || r.contains("+49"));
    }

    private static void edit(Path config) throws Exception {
        String yaml = Files.readString(config);
        String edited = yaml.replace("    target: customer\n", "    target: client\n")
                .replace("    target: orders\n", "    target: purchase\n")
                .replace("      email: { type: text", "      email: { target: contact, mask: hash, type: text")
                .replace("      name: { type: text", "      name: { target: full_name, mask: \"partial:4\", type: text")
                .replace("      phone: { type: text", "      phone: { mask: hash, type: text")
                .replace("      notes: { type: text", "      notes: { mask: null, type: text")
                .replaceFirst("(  orders:\n(?:.*\n)*?      )id: \\{ type", "$1id: { target: nr, type")
                .replace("      customer_id: { type", "      customer_id: { target: client, type")
                .replace("      total: { type", "      total: { target: amount, type")
                .replace("\\\"email\\\"", "\\\"contact\\\"")
                .replace("\\\"customer_id\\\"", "\\\"client\\\"")
                .replace("\\\"total\\\"", "\\\"amount\\\"")
                .replace("columns: [customer_id], references: customer", "columns: [client], references: client")
                .replaceFirst(
                        "options:\n", "options:\n  mask.secret: \"\\${file:" + config.resolveSibling("key") + "}\"\n");
        Files.writeString(config.resolveSibling("key"), "of this test");
        Files.writeString(config, edited);
    }

    private static void run(String url, String... statements) throws Exception {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            for (String statement : statements) {
                s.execute(statement);
            }
        }
    }

    private static List<String> rows(String url, String sql) throws Exception {
        List<String> rows = new ArrayList<>();
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            while (r.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
                    row.append(i == 1 ? "" : "|").append(r.getString(i));
                }
                rows.add(row.toString());
            }
        }
        return rows;
    }
}
