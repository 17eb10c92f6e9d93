package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.local.Pipeline.Part;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.cutover.reverse.ReplicationSlot;
import io.liteferry.embedded.SharedServers;
import io.liteferry.sink.TargetSwitch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each part under its own role of {@code deploy/postgres/roles.sql}: what it must do works, what it need not is refused. */
class LeastRightsTest {
    private static final Path SCRIPT = Path.of("..", "deploy", "postgres", "roles.sql");
    private static final String PASSWORD = "only-for-this-test";

    @TempDir
    Path folder;

    private String target = "";

    @Test
    void eachPartDoesItsWorkUnderItsRoleAndNothingElse() throws Exception {
        target = SharedServers.newDatabase();
        roles();
        roles();
        for (String role : List.of("owner", "sink", "validator", "reverse", "reader")) {
            run(target, "ALTER ROLE liteferry_" + role + " PASSWORD '" + PASSWORD + "'");
        }
        MigrationFixture chinook = MigrationFixture.chinook(folder);
        chinook.makePlanFor(
                SharedServers.kafka(), target, "batch.memory.bytes=20000", "constraint.retry.interval.ms=100");
        Plan plan = chinook.plan();
        MigrationFixture.Ended applied =
                chinook.command("apply", "--config", config(chinook, "owner").toString());
        assertThat(applied.exit()).as(applied.err()).isZero();
        roles();

        List<Pipeline> parts = new ArrayList<>();
        try {
            for (Part part : Part.values()) {
                parts.add(Pipeline.start(as(plan, part), Clock.systemUTC(), EnumSet.of(part)));
            }
            await(parts, "SELECT consistent FROM liteferry.applied");
            await(
                    parts,
                    "SELECT count(*) >= 11 FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace");
            run(
                    "jdbc:sqlite:" + chinook.source(),
                    "ALTER TABLE Artist ADD COLUMN Country TEXT",
                    "INSERT INTO Artist VALUES (9001, 'Nina', 'US')",
                    // An orphan, as SQLite lets it be: its foreign key is suspended, and comes back.
                    "INSERT INTO Album VALUES (9001, 'Nobody''s', 9002)");
            await(parts, "SELECT count(*) = 1 FROM liteferry.suspended_constraint");
            run("jdbc:sqlite:" + chinook.source(), "INSERT INTO Artist VALUES (9002, 'Somebody', NULL)");
            await(parts, "SELECT count(*) = 0 FROM liteferry.suspended_constraint");
            await(parts, "SELECT count(*) > 0 FROM liteferry.verdict");
            MigrationFixture.Ended status = chinook.command(
                    "status", "--config", config(chinook, "reader").toString());
            assertThat(status.exit()).as(status.err()).isIn(0, 4);
        } finally {
            parts.forEach(Pipeline::close);
        }
        assertThat(IndependentComparison.compare(chinook.source(), target, "public"))
                .isEmpty();

        handOverAndBack(plan);

        run(target, "CREATE TABLE public.payroll (id int); CREATE SCHEMA other; CREATE TABLE other.t (id int)");
        roles();
        refused("sink", "UPDATE liteferry.verdict SET verdict = 'READY'");
        refused("sink", "DELETE FROM liteferry.validation_mismatch");
        refused("sink", "DELETE FROM liteferry.schema_history");
        refused(
                "sink",
                "INSERT INTO liteferry.journal (source, run, kind, state, detail, by) VALUES ('', gen_random_uuid(),"
                        + " 'cutover', '', '{}', '')");
        refused(
                "sink",
                "DO $$ BEGIN EXECUTE (SELECT format('DROP FUNCTION %s CASCADE', oid::regprocedure) FROM pg_proc"
                        + " WHERE proname LIKE 'gate\\_%'); END $$");
        refused("validator", "SET liteferry.writer = 'me'; UPDATE public.\"Genre\" SET \"Name\" = ''");
        refused("sink", "SELECT * FROM public.payroll");
        refused("sink", "SELECT * FROM other.t");
        refused("sink", "CREATE SCHEMA mine");
        refused("sink", "CREATE ROLE mine");
        refused("sink", "DROP SCHEMA liteferry CASCADE");
        refused("validator", "INSERT INTO public.\"Genre\" VALUES (99, 'none')");
        refused("validator", "SELECT * FROM public.payroll");
        refused("validator", "UPDATE liteferry.applied SET generation = 0");
        refused("validator", "CREATE TABLE public.mine (id int)");
        refused("reader", "SELECT key_text FROM liteferry.quarantine");
        refused("reader", "SELECT * FROM public.\"Genre\"");
        refused("reader", "DELETE FROM liteferry.verdict");
        run(as("reader"), "SELECT count(*), max(reason) FROM liteferry.quarantine");
    }

    /** As the owner; the application has rights of its own, and the sink must not open the gate to it. */
    private void handOverAndBack(Plan plan) throws Exception {
        AppliedPosition applied;
        try (MigrationState state = new MigrationState(plan)) {
            applied = state.applied().orElseThrow();
        }
        Plan owner = plan.withOptions(plan.options()
                .withConnector(
                        Map.of(Options.CONNECTION_USERNAME, "liteferry_owner", Options.CONNECTION_PASSWORD, PASSWORD)));
        PgConnections direct = PgConnections.of(owner.options());
        ReplicationSlot slot = new ReplicationSlot(owner);
        try (Connection c = direct.open("test")) {
            slot.create(c);
        }
        TargetSwitch.prepare(owner, direct);
        try (TargetSwitch there =
                TargetSwitch.begin(owner, direct, applied.position(), Map.of("Genre", 30L), Duration.ofSeconds(10))) {
            there.commit();
        }
        run(target, "INSERT INTO public.\"Genre\" (\"Name\") VALUES ('of the application')");
        TargetSwitch.settle(owner, direct);
        run(
                as("reverse"),
                "SELECT count(*) FROM pg_logical_slot_peek_binary_changes('" + slot.name()
                        + "', NULL, NULL, 'proto_version', '1', 'publication_names', '" + slot.name() + "')",
                "SELECT pg_logical_emit_message(false, 'liteferry-heartbeat', '')",
                "SELECT state FROM liteferry.applied",
                "ALTER TABLE public.\"Genre\" REPLICA IDENTITY FULL");
        try (Connection c = direct.open("test");
                Statement s = c.createStatement()) {
            s.execute("SELECT pg_drop_replication_slot('" + slot.name() + "')");
            c.commit();
        }
        try (TargetSwitch back = TargetSwitch.back(owner, direct, Duration.ofSeconds(10))) {
            assertThat(back.sequences()).containsEntry("Genre", 31L);
            back.commit();
        }
        assertThatThrownBy(() -> run(target, "DELETE FROM public.\"Genre\" WHERE \"GenreId\" = 31"))
                .hasMessageContaining("is closed");
    }

    private void roles() throws Exception {
        run(target, Files.readString(SCRIPT));
    }

    private static Plan as(Plan plan, Part part) {
        return part == Part.CAPTURE
                ? plan
                : plan.withOptions(plan.options()
                        .withConnector(Map.of(
                                Options.CONNECTION_USERNAME,
                                // The reverse feed makes publications of tables: it runs as their owner.
                                "liteferry_" + (part == Part.REVERSE ? "owner" : part.label()),
                                Options.CONNECTION_PASSWORD,
                                PASSWORD)));
    }

    /** The migration file with the name of a role. */
    private Path config(MigrationFixture migration, String role) throws Exception {
        Path password = Files.writeString(folder.resolve("role-password"), PASSWORD);
        String yaml = Files.readString(migration.config())
                .replaceFirst("(connection\\.username: ).*", "$1liteferry_" + role)
                .replaceFirst("(connection\\.password: ).*", "$1\"\\${file:" + password + "}\"");
        return Files.writeString(folder.resolve(role + ".yaml"), yaml);
    }

    private String as(String role) {
        return target.replaceFirst("\\?.*", "?user=liteferry_" + role + "&password=" + PASSWORD);
    }

    private void refused(String role, String sql) {
        assertThatThrownBy(() -> run(as(role), sql))
                .as("%s: %s", role, sql)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }

    private void await(List<Pipeline> parts, String condition) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            parts.forEach(Pipeline::failIfEnded);
            try (Connection c = DriverManager.getConnection(target);
                    Statement s = c.createStatement();
                    var r = s.executeQuery(condition)) {
                return r.next() && r.getBoolean(1);
            }
        });
    }

    private static void run(String url, String... statements) throws SQLException {
        try (Connection c = DriverManager.getConnection(url);
                Statement s = c.createStatement()) {
            for (String sql : statements) {
                s.execute(sql);
            }
        }
    }
}
