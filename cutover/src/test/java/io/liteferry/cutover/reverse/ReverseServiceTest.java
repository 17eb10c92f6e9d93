package io.liteferry.cutover.reverse;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PgConnections;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReverseServiceTest {
    @TempDir
    Path folder;

    private ReverseSides sides;
    private ReverseService service;

    @BeforeEach
    void switchOver() {
        sides = new ReverseSides(
                        folder,
                        List.of("CREATE TABLE t(id INTEGER PRIMARY KEY, note TEXT)"),
                        TablePlan.simple(
                                "t",
                                KeyPlan.primaryKey("id"),
                                List.of(
                                        ColumnPlan.plain("id", TargetType.of(TargetType.Kind.BIGINT))
                                                .notNull(),
                                        ColumnPlan.plain("note", TargetType.of(TargetType.Kind.TEXT)))))
                .fenced();
        service = new ReverseService(sides.plan, Clock.systemUTC());
        service.start();
    }

    @AfterEach
    void stop() {
        service.close();
        sides.close();
    }

    private void awaitRows(String... rows) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(service.failure()).isNull();
            assertThat(sides.source("SELECT id FROM t ORDER BY id")).isEqualTo(List.of(rows));
        });
    }

    private void breakConnections() {
        sides.target("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }

    private String metrics() throws IOException, InterruptedException {
        URI metrics = URI.create("http://" + service.adminAddress() + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void it_goes_on_after_its_connections_were_cut_and_counts_what_it_carries() throws Exception {
        sides.target("INSERT INTO t VALUES (1, 'a')");
        awaitRows("1");
        breakConnections();
        sides.target("INSERT INTO t VALUES (2, 'b')");
        awaitRows("1", "2");
        breakConnections();
        sides.target("INSERT INTO t VALUES (3, 'c')");
        awaitRows("1", "2", "3");
        Awaitility.await()
                .untilAsserted(() -> assertThat(service.health().checks()).containsEntry("feed", "ok"));

        assertThat(metrics())
                .contains(
                        "liteferry_reverse_events_total{op=\"create\",table=\"t\"} 3.0",
                        "liteferry_reverse_quarantined_rows 0.0",
                        "liteferry_reverse_lag_seconds",
                        "liteferry_reverse_slot_retained_bytes");
    }

    @Test
    void it_rests_after_a_rollback_and_a_second_switch_does_not_bring_back_what_came_forward() throws SQLException {
        sides.target("INSERT INTO t VALUES (1, 'a')");
        awaitRows("1");
        sides.target("UPDATE liteferry.applied SET state = 'open'");
        // Written by the sink while the feed has not looked yet: it stands in the topic, and must never be applied.
        sides.target("INSERT INTO t VALUES (2, 'forward')");
        ReplicationSlot slot = new ReplicationSlot(sides.plan);
        try (Connection c = PgConnections.of(sides.plan.options()).open("test");
                Connection sqlite = DriverManager.getConnection("jdbc:sqlite:" + sides.file)) {
            Awaitility.await().until(() -> !slot.health(c).active());
            sides.target("INSERT INTO t VALUES (3, 'forward')");
            ReversePosition.begin(sqlite, slot.advance(c));
        }
        sides.target("UPDATE liteferry.applied SET state = 'closed'");
        sides.target("INSERT INTO t VALUES (4, 'reverse')");

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> sides.source("SELECT id FROM t").contains("4"));
        assertThat(sides.source("SELECT id FROM t WHERE id = 3")).isEmpty();
        assertThat(service.failure()).isNull();
    }

    @Test
    void a_slot_that_was_dropped_ends_it_loudly() throws SQLException {
        sides.target("INSERT INTO t VALUES (1, 'a')");
        awaitRows("1");
        ReplicationSlot slot = new ReplicationSlot(sides.plan);
        Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            breakConnections();
            try (Connection c = PgConnections.of(sides.plan.options()).open("test")) {
                slot.drop(c);
                return true;
            }
        });

        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> service.failure() != null);
        assertThat(service.failure())
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLOT_UNFIT));
        assertThat(service.health().checks().get("feed")).startsWith("LF-611");
    }
}
