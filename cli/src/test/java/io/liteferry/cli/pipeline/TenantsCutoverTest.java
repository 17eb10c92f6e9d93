package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.local.Pipeline;
import io.liteferry.core.ExitCode;
import io.liteferry.core.options.Options;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of two sources one is switched, and back, by its name; the other is written to as before. */
class TenantsCutoverTest {
    private static final String OVERRIDE = "backup_verified=a test";

    @TempDir
    Path folder;

    private MigrationFixture tenants;
    private String target;

    @Test
    void oneOfTwoSourcesIsSwitchedAndBackByItsName() throws Exception {
        for (String tenant : List.of("acme", "bolt")) {
            sqlite(tenant, "PRAGMA journal_mode = WAL");
            sqlite(tenant, "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT)");
            sqlite(tenant, "INSERT INTO users(name) VALUES ('first')");
        }
        target = SharedServers.newDatabase();
        tenants = MigrationFixture.of(folder, folder.resolve("*.db"));
        tenants.makePlanFor(
                SharedServers.kafka(),
                target,
                Options.VALIDATION_READY_STABLE_MS + "=1s",
                Options.VALIDATION_READY_CLEAN_PASSES + "=1",
                Options.VALIDATION_PASS_INTERVAL_MS + "=100ms");
        assertThat(command("apply").exit()).isZero();

        try (Pipeline ignored = Pipeline.start(tenants.plan(), Clock.systemUTC(), EnumSet.allOf(Pipeline.Part.class))) {
            MigrationFixture.Ended unnamed = command("cutover", "start");
            assertThat(unnamed.exit()).isNotZero();
            assertThat(unnamed.err()).contains("LF-604", "--source acme", "--source bolt");

            switched("cutover");
            postgres("INSERT INTO acme.users(name) VALUES ('on PostgreSQL')");
            await().until(() -> sqlite("acme", "SELECT name FROM users").contains("on PostgreSQL"));
            assertThat(refusal(() -> sqlite("acme", "INSERT INTO users(name) VALUES ('late')")))
                    .contains("migration fence");
            assertThat(refusal(() -> postgres("INSERT INTO bolt.users(name) VALUES ('early')")))
                    .contains("closed until the cutover");
            sqlite("bolt", "INSERT INTO users(name) VALUES ('still on SQLite')");
            await().until(() -> postgres("SELECT name FROM bolt.users").contains("still on SQLite"));
            assertThat(command("cutover", "status", "--source", "bolt").out()).contains("writes to SQLite.");
            assertThat(command("cutover", "status", "--source", "acme").out()).contains("writes to PostgreSQL.");

            switched("rollback");
            sqlite("acme", "INSERT INTO users(name) VALUES ('back')");
            await().until(() -> postgres("SELECT name FROM acme.users").contains("back"));
            assertThat(sqlite("acme", "SELECT name FROM users ORDER BY id"))
                    .containsExactly("first", "on PostgreSQL", "back");
        }
    }

    private void switched(String what) {
        await().untilAsserted(() -> {
            MigrationFixture.Ended check = command(what, "check", "--source", "acme", "--override", OVERRIDE);
            assertThat(check.exit()).as(check.out() + check.err()).isZero();
            assertThat(check.out()).contains(what + " start --config " + tenants.config() + " --source acme");
        });
        await().untilAsserted(() -> {
            MigrationFixture.Ended start = command(what, "start", "--source", "acme", "--override", OVERRIDE);
            // A gate may close between two looks.
            assertThat(start.exit()).as(start.err()).isEqualTo(ExitCode.OK);
        });
    }

    private MigrationFixture.Ended command(String... words) {
        List<String> args = new ArrayList<>(List.of(words));
        args.addAll(List.of("--config", tenants.config().toString()));
        return tenants.command(args.toArray(String[]::new));
    }

    private interface Write {
        List<String> run() throws SQLException;
    }

    private static String refusal(Write write) {
        try {
            return "nobody has refused it: " + write.run();
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private List<String> sqlite(String tenant, String sql) throws SQLException {
        return run("jdbc:sqlite:" + folder.resolve(tenant + ".db") + "?busy_timeout=5000", sql);
    }

    private List<String> postgres(String sql) throws SQLException {
        return run(target, sql);
    }

    private static List<String> run(String url, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            if (s.execute(sql)) {
                try (ResultSet r = s.getResultSet()) {
                    while (r.next()) {
                        rows.add(r.getString(1));
                    }
                }
            }
        }
        return rows;
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(200));
    }
}
