package io.liteferry.sink.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.BatchId;
import io.liteferry.core.change.ChangeFormat;
import io.liteferry.core.change.Operation;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Mask;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.RowKey;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.embedded.SharedServers;
import io.liteferry.sink.batch.ChangeRecord;
import io.liteferry.sink.schema.TargetInstaller;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaskEncoderTest {
    private static final String PERSON = "ada@example.org";
    private static final List<ColumnPlan> COLUMNS = List.of(
            column("id", "bigint", ""),
            column("hashed", "varchar(32)", "hash"),
            column("uuid", "uuid", "hash"),
            column("nothing", "text", "null"),
            column("fixed", "varchar(8)", "fixed:Jane Doe"),
            column("number", "numeric(10,2)", "fixed:9.50"),
            column("partial", "text", "partial"),
            column("two", "text", "partial:2"),
            column("open", "boolean", ""));

    @Test
    void theTargetHoldsTheMaskAndNeverTheValue() throws Exception {
        String uuid = "123e4567-e89b-12d3-a456-426614174000";
        List<List<SqliteValue>> rows = List.of(
                List.of(i(1), t(PERSON), t(uuid), t("x"), t("Ada"), i(7), t("4111 2222"), t("zoë"), i(1)),
                List.of(i(2), t(PERSON), t(uuid), SqliteValue.NULL, t(""), i(8), t("abcd"), t("ë"), i(0)),
                List.of(
                        i(3),
                        SqliteValue.NULL,
                        SqliteValue.NULL,
                        SqliteValue.NULL,
                        SqliteValue.NULL,
                        SqliteValue.NULL,
                        SqliteValue.NULL,
                        SqliteValue.NULL,
                        SqliteValue.NULL),
                // A row that another column puts into the quarantine.
                List.of(i(4), t(PERSON), t(uuid), t(PERSON), t(PERSON), i(9), t(PERSON), t(PERSON), i(5)));

        // HMAC-SHA-256 under "a secret", worked out by another program.
        String hash = "d266fa008e239a68575e47a2cdbf34dd";
        try (Connection c = written(rows);
                Statement s = c.createStatement()) {
            List<List<String>> found = rows(s, "SELECT * FROM people ORDER BY id");
            String hashed = found.get(0).get(2);
            assertThat(hashed).isNotEqualTo(uuid).hasSize(36);
            assertThat(found)
                    .containsExactly(
                            List.of("1", hash, hashed, "-", "Jane Doe", "9.50", "*****2222", "*oë", "t"),
                            List.of("2", hash, hashed, "-", "Jane Doe", "9.50", "****", "*", "f"),
                            List.of("3", "-", "-", "-", "-", "-", "-", "-", "-"));
            assertThat(rows(s, "SELECT key_text, column_name FROM liteferry.quarantine"))
                    .hasSize(1)
                    .allMatch(r -> r.get(1).equals("open"));
            assertThat(rows(s, "SELECT encode(record, 'escape') FROM liteferry.quarantine")
                            .get(0)
                            .get(0))
                    .doesNotContain("ada")
                    .doesNotContain("123e4567");
        }
    }

    @Test
    void aHashWithoutAKeyIsRefused() {
        ColumnPlan column = COLUMNS.get(1);
        assertThatThrownBy(() ->
                        MaskEncoder.of("people", column, new Mask(Mask.Way.HASH, ""), TextEncoders::text, false, ""))
                .isInstanceOf(LiteferryException.class)
                .hasMessageContaining("mask.secret")
                .hasMessageContaining("hashed");
    }

    private static Connection written(List<List<SqliteValue>> rows) throws SQLException {
        String url = SharedServers.newDatabase();
        Plan plan = new Plan(
                "masks",
                Options.of(Map.of(Options.CONNECTION_URL, url, Options.MASK_SECRET, "a secret")),
                List.of(TablePlan.simple("people", KeyPlan.primaryKey("id"), COLUMNS)));
        new TargetInstaller(plan).install();
        Connection c = DriverManager.getConnection(SharedServers.byHand(url) + "&" + BinaryArrays.DRIVER_OPTION);
        c.setAutoCommit(false);
        TargetTable table = new TargetTable(plan, plan.tables().get(0));
        TableWriter writer = new TableWriter(
                "masks",
                table,
                new boolean[COLUMNS.size()],
                new Quarantine("masks"),
                new RefusedRecords(),
                new BinaryBuffer());
        Outcome outcome = new Outcome();
        writer.write(c, rows.stream().map(MaskEncoderTest::insert).toList(), outcome, false, true, null);
        new Quarantine("masks").add(c, table, outcome.quarantined());
        c.commit();
        return c;
    }

    private static ChangeRecord insert(List<SqliteValue> values) {
        PackedWriter w = new PackedWriter();
        ChangeFormat.writeHeader(w, Operation.UPDATE, new BatchId(1, 1), 1, 0, values.size());
        values.forEach(w::putValue);
        return ChangeRecord.of(
                new PackedReader(), RowKey.of(List.of(values.get(0))).packed(), w.toBytes(), 0);
    }

    private static List<List<String>> rows(Statement s, String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (ResultSet r = s.executeQuery(sql)) {
            while (r.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
                    String text = r.getString(i);
                    row.add(text == null ? "-" : text);
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static ColumnPlan column(String name, String type, String mask) {
        return ColumnPlan.plain(name, TargetType.parse(type).orElseThrow())
                .withEncoding(type.equals("boolean") ? Encoding.ZERO_ONE : Encoding.PLAIN)
                .masked(Mask.parse(mask));
    }

    private static SqliteValue i(long value) {
        return new SqliteValue.Int(value);
    }

    private static SqliteValue t(String text) {
        return new SqliteValue.Text(text.getBytes(StandardCharsets.UTF_8));
    }
}
