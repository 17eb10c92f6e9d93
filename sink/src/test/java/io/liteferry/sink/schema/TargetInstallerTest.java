package io.liteferry.sink.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.embedded.SharedServers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What apply makes in a real PostgreSQL. */
class TargetInstallerTest {
    private final String url = SharedServers.newDatabase();

    private Plan plan(String schema, TablePlan... tables) {
        return new Plan(
                "shop",
                Options.of(Map.of(Options.CONNECTION_URL, url, Options.TARGET_SCHEMA, schema)),
                List.of(tables));
    }

    private static TablePlan table(String name, KeyPlan key, boolean made, Optional<PartitionPlan> partition) {
        ColumnPlan id = new ColumnPlan(
                "id",
                "id",
                TargetType.of(Kind.BIGINT),
                Encoding.PLAIN,
                false,
                Optional.empty(),
                Optional.empty(),
                true,
                false);
        ColumnPlan name2 = new ColumnPlan(
                "na\"me",
                "na\"me",
                TargetType.of(Kind.VARCHAR, 20),
                Encoding.PLAIN,
                false,
                Optional.of("'none'"),
                Optional.empty(),
                false,
                true);
        return new TablePlan(name, name, key, List.of(id, name2), partition, List.of(), List.of(), 0, made);
    }

    private List<String> rows(String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (r.next()) {
                rows.add(r.getString(1));
            }
            return rows;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(SharedServers.byHand(url));
                Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    @Test
    void makesTablesPartitionsAndStagesAndDoesNothingTheSecondTime() throws Exception {
        String longName = "ä".repeat(31);
        Plan plan = plan(
                "ta\"rget",
                table("a", KeyPlan.primaryKey("id"), true, Optional.empty()),
                table(
                        longName,
                        KeyPlan.primaryKey("id"),
                        true,
                        Optional.of(new PartitionPlan.ByHash(List.of("id"), 3))),
                table("by rowid", KeyPlan.rowid(), true, Optional.of(new PartitionPlan.ByHash(List.of(), 2))));
        TargetInstaller installer = new TargetInstaller(plan);
        assertThat(installer.installed()).isFalse();
        installer.install();
        assertThat(installer.installed()).isTrue();
        installer.install();
        assertThat(rows("SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = inhrelid WHERE c.relkind = 'r'"))
                .containsExactly("5");
        assertThat(rows("SELECT relname FROM pg_class WHERE relname LIKE 'stage\\_%' AND relkind = 'r'"))
                .hasSize(4)
                .allMatch(n -> n.getBytes(StandardCharsets.UTF_8).length <= 63);
        execute("INSERT INTO \"ta\"\"rget\".a DEFAULT VALUES");
        assertThat(rows("SELECT \"na\"\"me\" FROM \"ta\"\"rget\".a WHERE id = 1"))
                .containsExactly("none");
        assertThat(rows("SELECT collname FROM pg_attribute a JOIN pg_collation k ON k.oid = attcollation"
                        + " WHERE attrelid = '\"ta\"\"rget\".a'::regclass AND attname = 'na\"me'"))
                .containsExactly("C");
    }

    @Test
    void demandsEmptyTables() throws Exception {
        execute("CREATE TABLE a (id bigint PRIMARY KEY, \"na\"\"me\" varchar(20)); INSERT INTO a VALUES (1, 'x')");
        Plan plan = plan("public", table("a", KeyPlan.primaryKey("id"), false, Optional.empty()));
        assertThatThrownBy(() -> new TargetInstaller(plan).install())
                .hasMessageStartingWith("LF-403")
                .hasMessageContaining("rows stand in a");
        assertThat(rows("SELECT to_regclass('liteferry.stage_quarantine')::text"))
                .containsOnlyNulls();
    }

    @Test
    void namesEveryColumnThatDoesNotFit() throws Exception {
        execute("CREATE TABLE a (id integer, \"na\"\"me\" text)");
        Plan plan = plan("public", table("a", KeyPlan.primaryKey("id"), false, Optional.empty()));
        assertThatThrownBy(() -> new TargetInstaller(plan).install())
                .hasMessageStartingWith("LF-404")
                .hasMessageContaining("a.id is integer, planned bigint")
                .hasMessageContaining("is text, planned varchar(20)")
                .hasMessageContaining("no primary key or unique index on [id]");
    }

    @Test
    void takesSecondaryConstraintsOfExistingTablesOffAndPutsThemBack() throws Exception {
        execute("""
                CREATE TABLE a (id bigint PRIMARY KEY, "na""me" varchar(20) UNIQUE);
                CREATE TABLE b (id bigint PRIMARY KEY REFERENCES a (id) ON DELETE CASCADE, "na""me" varchar(20) CHECK ("na""me" <> ''));
                CREATE INDEX b_name ON b (lower("na""me")) WHERE id > 3""");
        Plan plan = plan(
                "public",
                table("a", KeyPlan.primaryKey("id"), false, Optional.empty()),
                table("b", KeyPlan.primaryKey("id"), false, Optional.empty()));
        String constraints = "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
                + " WHERE conrelid IN ('a'::regclass, 'b'::regclass) AND contype IN ('u', 'f', 'c') ORDER BY 1";
        String index = "SELECT pg_get_indexdef('b_name'::regclass)";
        String indexBefore = rows(index).get(0);
        new TargetInstaller(plan).install();
        assertThat(rows(constraints)).isEmpty();
        assertThat(rows("SELECT to_regclass('b_name')::text")).containsOnlyNulls();
        new TargetInstaller(plan).install();
        try (Connection c = DriverManager.getConnection(url)) {
            c.setAutoCommit(false);
            for (GatedObject o : new ConstraintGate(plan).missing(c)) {
                new ObjectBuilder(plan, c, o.table(), new HashSet<>()).build(o);
            }
        }
        assertThat(rows(constraints))
                .containsExactly(
                        "a_na\"me_key UNIQUE (\"na\"\"me\")",
                        "b_id_fkey FOREIGN KEY (id) REFERENCES a(id) DEFERRABLE INITIALLY DEFERRED",
                        "b_na\"me_check CHECK (((\"na\"\"me\")::text <> ''::text))");
        assertThat(rows(index)).containsExactly(indexBefore);
        assertThat(rows("SELECT definition FROM liteferry.own_definition WHERE kind = 'f'")
                        .get(0))
                .contains("ON DELETE CASCADE");
        assertThat(rows("SELECT name FROM liteferry.suspended_constraint")).isEmpty();
    }
}
