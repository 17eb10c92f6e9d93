package io.liteferry.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.cli.local.Pipeline;
import io.liteferry.cli.report.MigrationState;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.service.Service;
import io.liteferry.core.validation.VerdictDocument;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few rows of many megabytes; and capture told to pause, to send keys again and to go slowly meanwhile. */
class LargeValuesTest {
    private static final int TEXT_BYTES = 5 << 20;
    private static final int BLOB_BYTES = 50 << 20;

    @TempDir
    Path folder;

    @Test
    void largeValuesArriveWholeAndOneThatNoRecordCanHoldEndsCaptureWithTableAndKey() throws Exception {
        Path source = folder.resolve("docs.db");
        byte[] blob = new byte[BLOB_BYTES];
        new Random(7).nextBytes(blob);
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            s.execute("PRAGMA journal_mode = WAL");
            s.execute("CREATE TABLE docs(id INTEGER PRIMARY KEY, body TEXT, data BLOB)");
            try (PreparedStatement insert = c.prepareStatement("INSERT INTO docs VALUES (?, ?, ?)")) {
                insert.setInt(1, 1);
                insert.setString(2, "t".repeat(TEXT_BYTES));
                insert.setBytes(3, blob);
                insert.executeUpdate();
            }
            s.execute("INSERT INTO docs VALUES (2, 'small', NULL)");
        }
        MigrationFixture docs = MigrationFixture.of(folder, source);
        String target = SharedServers.newDatabase();
        docs.makePlanFor(SharedServers.kafka(), target);
        String config = docs.config().toString();
        assertThat(docs.command("apply", "--config", config).exit()).isZero();
        Plan plan = docs.plan();
        try (Pipeline pipeline = Pipeline.start(plan, Clock.systemUTC(), EnumSet.allOf(Pipeline.Part.class));
                MigrationState state = new MigrationState(plan)) {
            Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> {
                pipeline.failIfEnded();
                return !row(target).isEmpty();
            });
            assertThat(row(target)).isEqualTo(List.of(TEXT_BYTES, BLOB_BYTES, sha256(blob)));
            MigrationFixture.awaitWholePass(target, plan, pipeline);
            assertThat(state.openMismatches(1)).isEmpty();

            aPauseIsAReasonForNotReady(docs, config, state);

            sql(source, "INSERT INTO docs VALUES (3, NULL, zeroblob(70 << 20))");
            Service capture = pipeline.services().get(0);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> capture.failure() != null);
            assertThat(capture.failure())
                    .isInstanceOfSatisfying(
                            LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ROW_TOO_LARGE))
                    .hasMessageContaining("table docs with key 3")
                    .hasMessageContaining("out of the migration file");
        }
    }

    private static void aPauseIsAReasonForNotReady(MigrationFixture docs, String config, MigrationState state) {
        assertThat(docs.command("signal", "pause", "--config", config).exit()).isZero();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> reasons(state).contains("capture_not_paused: capture is paused by a signal"));
        assertThat(state.verdict().orElseThrow().verdict()).isEqualTo(VerdictDocument.NOT_READY);
        MigrationFixture.Ended resume = docs.command("signal", "resume", "--config", config, "-o", "json");
        assertThat(resume.exit()).isZero();
        assertThat(resume.out()).contains("\"kind\" : \"SignalReport\"");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> !reasons(state).contains("capture_not_paused"));
        assertThat(docs.command("signal", "keys", "docs", "2", "--config", config)
                        .exit())
                .isZero();
        assertThat(docs.command("signal", "throttle", "100", "--config", config).exit())
                .isZero();
        assertThat(docs.command("signal", "throttle", "fast", "--config", config)
                        .exit())
                .isEqualTo(2);
        assertThat(docs.command("signal", "keys", "docs", "two", "--config", config)
                        .exit())
                .isEqualTo(2);
    }

    private static String reasons(MigrationState state) {
        return String.join("; ", state.verdict().orElseThrow().reasons());
    }

    private static List<Object> row(String target) throws Exception {
        try (Connection c = DriverManager.getConnection(target);
                Statement s = c.createStatement();
                ResultSet rs = s.executeQuery("SELECT length(body), length(data), encode(sha256(data), 'hex')"
                        + " FROM docs WHERE id = 1 AND body = repeat('t', " + TEXT_BYTES + ")")) {
            return rs.next() ? List.of(rs.getInt(1), rs.getInt(2), rs.getString(3)) : List.of();
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static void sql(Path source, String statement) throws Exception {
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + source);
                Statement s = c.createStatement()) {
            s.execute(statement);
        }
    }
}
