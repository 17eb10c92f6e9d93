package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.embedded.SharedServers;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both schemas as the migrations of Django, Rails, Alembic and Prisma make them on SQLite and on PostgreSQL. */
class FrameworkSchemasTest {
    private static final String DEFINITIONS = """
            SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace AND contype NOT IN ('n', 'f')
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT table_name || '.' || column_name || ' ' || data_type || is_nullable
                             || coalesce(column_default, '') || is_identity
                        FROM information_schema.columns WHERE table_schema = 'public'
            ORDER BY 1""";
    private static final String FOREIGN_KEYS = """
            SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'f' ORDER BY 1""";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "django | 6 | django_migrations | auth_user id | UPDATE auth_user SET last_login = '2024-09-09 09:09:09', is_staff = 1 WHERE id = 7;"
                        + " DELETE FROM shop_order_tags WHERE id % 9 = 0",
                "rails | 5 | schema_migrations ar_internal_metadata | posts id | UPDATE users SET email = upper(email) WHERE id < 9;"
                        + " DELETE FROM posts_tags WHERE tag_id = 1",
                "alembic | 2 | alembic_version | account id | UPDATE account SET status = 'CLOSED', token = NULL WHERE id < 9;"
                        + " UPDATE entry SET line = line + 1000 WHERE line < 9",
                "prisma | 4 | _prisma_migrations | Post id | UPDATE User SET role = 'ADMIN' WHERE email LIKE 'u1%';"
                        + " DELETE FROM _PostToTag WHERE B = 2",
            })
    void endReadyWithTheirOwnDefinitionsAndRecords(
            String framework, int carried, String own, String counted, String changes) throws Exception {
        Path source = folder.resolve("app.db");
        run("jdbc:sqlite:" + source, script(framework + ".sqlite.sql"));
        String target = SharedServers.newDatabase();
        run(target, script(framework + ".postgresql.sql"));
        List<String> definitions = lines(target, DEFINITIONS);
        List<String> foreignKeys = lines(target, FOREIGN_KEYS);
        List<String> records = records(target, own);
        MigrationFixture app = MigrationFixture.of(folder, source);
        app.makePlanOnto(SharedServers.kafka(), target);
        replaceFilledTables(app);
        MigrationFixture.Ended diff =
                app.command("plan", "--diff", "--config", app.config().toString());
        assertThat(diff.exit()).as(diff.out()).isZero();
        run("jdbc:sqlite:" + source, changes);

        MigrationFixture.Ended ended = app.runUntilReady();

        assertThat(ended.exit()).as(ended.out() + ended.err()).isZero();
        assertThat(ended.json().path("tables")).hasSize(carried);
        List<String> frameworks = List.of(own.split(" "));
        assertThat(IndependentComparison.compare(source, target, "public"))
                .allMatch(d -> frameworks.stream().anyMatch(t -> d.startsWith(t + ":")));
        assertThat(lines(target, DEFINITIONS)).isEqualTo(definitions);
        assertThat(lines(target, "SELECT definition FROM liteferry.own_definition WHERE kind = 'f' ORDER BY 1"))
                .isEqualTo(foreignKeys);
        assertThat(lines(target, FOREIGN_KEYS)).hasSameSizeAs(foreignKeys).allMatch(f -> f.contains("DEFERRABLE"));
        assertThat(records(target, own)).isEqualTo(records);
        assertThat(lines(target, "SELECT name FROM liteferry.suspended_constraint"))
                .isEmpty();
        String[] column = counted.split(" ", -1);
        assertThat(lines(target, "SELECT nextval(pg_get_serial_sequence('\"" + column[0] + "\"', 'id'))"))
                .isEqualTo(lines(target, "SELECT max(\"" + column[1] + "\") + 1 FROM \"" + column[0] + "\""));
    }

    /** As the blocker of the plan says: what migrations have put into tables of the application gives way. */
    private static void replaceFilledTables(MigrationFixture app) throws Exception {
        String yaml = Files.readString(app.config());
        String edited =
                yaml.replaceAll("(# PLAN-TARGET-NOT-EMPTY (?:.*\\n)+?    )existing: true", "$1existing: replace");
        assertThat(edited.equals(yaml)).isEqualTo(!yaml.contains("PLAN-TARGET-NOT-EMPTY"));
        Files.writeString(app.config(), edited);
    }

    private static List<String> records(String target, String tables) throws Exception {
        List<String> records = new ArrayList<>();
        for (String table : tables.split(" ", -1)) {
            records.addAll(lines(target, "SELECT t::text FROM \"" + table + "\" t ORDER BY 1"));
        }
        assertThat(records).isNotEmpty();
        return records;
    }

    private static String script(String name) throws Exception {
        try (InputStream in = FrameworkSchemasTest.class.getResourceAsStream("/frameworks/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void run(String url, String script) throws Exception {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            for (String statement : script.split(";\\s+", -1)) {
                if (!statement.isBlank()) {
                    s.execute(statement);
                }
            }
        }
    }

    private static List<String> lines(String url, String sql) throws Exception {
        List<String> lines = new ArrayList<>();
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            while (r.next()) {
                lines.add(r.getString(1));
            }
        }
        return lines;
    }
}
