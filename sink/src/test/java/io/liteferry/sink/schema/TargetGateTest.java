package io.liteferry.sink.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.PartitionPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.embedded.SharedServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The target is closed to the application from apply to the switch, by one function for all tables. */
class TargetGateTest {
    private final String url = SharedServers.newDatabase();

    private static TablePlan table(String name, boolean made, Optional<PartitionPlan> partition) {
        return new TablePlan(
                name,
                name,
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        ColumnPlan.plain("name", TargetType.of(Kind.TEXT))),
                partition,
                List.of(),
                List.of(),
                0,
                made);
    }

    private Plan plan(Map<String, String> options, TablePlan... tables) {
        return new Plan(
                "shop", Options.of(Map.of(Options.CONNECTION_URL, url)).withConnector(options), List.of(tables));
    }

    private Plan users() {
        return plan(Map.of(), table("users", true, Optional.empty()));
    }

    private static void execute(Connection c, String sql) throws SQLException {
        try (Statement s = c.createStatement()) {
            s.execute(sql);
        }
    }

    private Connection application() throws SQLException {
        return DriverManager.getConnection(url);
    }

    private static void refused(Connection c, String sql) {
        assertThatThrownBy(() -> execute(c, sql))
                .as(sql)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"))
                .hasMessageContaining("is closed until the cutover of the migration shop");
    }

    @Test
    void everyKindOfWriteIsRefusedAndReadingIsNot() throws Exception {
        new TargetInstaller(users()).install();
        try (Connection c = application()) {
            refused(c, "INSERT INTO users VALUES (1, 'ann')");
            refused(c, "INSERT INTO users VALUES (1, 'ann') ON CONFLICT DO NOTHING");
            refused(c, "UPDATE users SET name = 'x' WHERE false");
            refused(c, "DELETE FROM users");
            refused(c, "TRUNCATE users");
            refused(c, "COPY users FROM PROGRAM 'echo 1'");
            execute(c, "SELECT count(*) FROM users");
        }
    }

    @Test
    void whoSaysThatItIsByHandMayWriteAndOnlyAsLongAsItSaysSo() throws Exception {
        new TargetInstaller(users()).install();
        try (Connection c = application()) {
            execute(c, "BEGIN; SET LOCAL liteferry.writer = 'by hand'; INSERT INTO users VALUES (1, 'ann'); COMMIT");
            refused(c, "DELETE FROM users");
            execute(c, "SET liteferry.writer = 'by hand'");
            execute(c, "DELETE FROM users");
            execute(c, "RESET liteferry.writer");
            refused(c, "DELETE FROM users");
        }
        try (Connection c = DriverManager.getConnection(SharedServers.byHand(url))) {
            execute(c, "INSERT INTO users VALUES (1, 'ann')");
        }
    }

    @Test
    void openingAndClosingReachesSessionsThatAreOpenAndWaitsForNobody() throws Exception {
        Plan plan = users();
        new TargetInstaller(plan).install();
        try (Connection app = application();
                Connection busy = application();
                Connection ours = application();
                PreparedStatement insert = app.prepareStatement("INSERT INTO users VALUES (?, 'ann')")) {
            ours.setAutoCommit(false);
            for (int i = 0; i < 10; i++) { // PostgreSQL has its own plan of it by then
                insert.setInt(1, i);
                assertThatThrownBy(insert::execute).hasMessageContaining("is closed");
            }
            busy.setAutoCommit(false);
            execute(busy, "SET LOCAL liteferry.writer = 'a long transaction'");
            execute(busy, "INSERT INTO users VALUES (100, 'long')");

            execute(ours, "SET LOCAL lock_timeout = '1s'");
            new TargetGate(plan).open(ours);
            assertThatThrownBy(insert::execute).as("before COMMIT").hasMessageContaining("is closed");
            ours.commit();
            insert.setInt(1, 1);
            insert.execute();

            execute(ours, "SET LOCAL lock_timeout = '1s'");
            new TargetGate(plan).close(ours);
            ours.commit();
            insert.setInt(1, 2);
            assertThatThrownBy(insert::execute).hasMessageContaining("is closed");
            busy.commit();
        }
    }

    @Test
    void partitionsAreClosedToStatementsThatNameThem() throws Exception {
        new TargetInstaller(plan(Map.of(), table("cut", true, Optional.of(new PartitionPlan.ByHash(List.of("id"), 2)))))
                .install();
        try (Connection c = application()) {
            refused(c, "INSERT INTO cut VALUES (1, 'ann')");
            refused(c, "INSERT INTO cut_p0 VALUES (1, 'ann')");
            refused(c, "DELETE FROM cut_p1");
        }
    }

    @Test
    void applyingAgainMakesWhatIsMissingAndNeverClosesWhatIsOpen() throws Exception {
        Plan plan = users();
        TargetGate gate = new TargetGate(plan);
        new TargetInstaller(plan).install();
        try (Connection c = application()) {
            assertThat(gate.missing(c)).isEmpty();
            execute(c, "DROP TRIGGER _liteferry_gate ON users");
            assertThat(gate.missing(c)).containsExactly("users");
            new TargetInstaller(plan).install();
            assertThat(gate.missing(c)).isEmpty();
            refused(c, "DELETE FROM users");
            execute(c, "ALTER TABLE users DISABLE TRIGGER ALL");
            assertThat(gate.missing(c)).containsExactly("users");
            new TargetInstaller(plan).install();
            assertThat(gate.missing(c)).isEmpty();
            gate.open(c);
            new TargetInstaller(plan).install();
            execute(c, "INSERT INTO users VALUES (1, 'ann')");
            gate.remove(c);
            execute(c, "INSERT INTO users VALUES (2, 'bob')");
            assertThat(gate.missing(c)).containsExactly("users");
        }
    }

    @Test
    void tablesOfOthersAreClosedWithTheRightToMakeTriggersOnly() throws Exception {
        Plan plan = plan(
                Map.of(Options.CONNECTION_USERNAME, "mover", Options.CONNECTION_PASSWORD, "only-for-this-test"),
                table("users", false, Optional.empty()));
        try (Connection c = application()) {
            execute(c, "DROP ROLE IF EXISTS mover");
            execute(c, "CREATE ROLE mover LOGIN PASSWORD 'only-for-this-test'");
            execute(c, "GRANT ALL ON DATABASE " + c.getCatalog() + " TO mover");
            execute(c, "CREATE TABLE users (id bigint PRIMARY KEY, name text)");
            execute(c, "GRANT SELECT, INSERT, UPDATE, DELETE ON users TO mover");
            try {
                Plan mover =
                        plan.withOptions(plan.options().with(Options.CONNECTION_URL, url.replaceFirst("\\?.*", "")));
                assertThatThrownBy(() -> new TargetInstaller(mover).install())
                        .hasMessageStartingWith("LF-402")
                        .hasMessageContainingAll("GRANT TRIGGER ON users TO", "target.gate: false");
                new TargetInstaller(mover.withOptions(mover.options().with(Options.TARGET_GATE, "false"))).install();
                execute(c, "DELETE FROM users");
                assertThat(new TargetGate(mover).missing(c)).containsExactly("users");
                execute(c, "GRANT TRIGGER ON users TO mover");
                new TargetInstaller(mover).install();
                refused(c, "DELETE FROM users");
            } finally {
                execute(c, "DROP OWNED BY mover CASCADE");
                execute(c, "DROP ROLE mover");
            }
        }
    }
}
