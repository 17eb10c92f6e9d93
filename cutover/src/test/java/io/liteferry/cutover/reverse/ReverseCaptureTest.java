package io.liteferry.cutover.reverse;

import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Json;
import io.liteferry.core.change.ReverseRecord;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.plan.TargetType.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReverseCaptureTest {
    @TempDir
    Path folder;

    private static ColumnPlan column(String name, String type) {
        return ColumnPlan.plain(name, TargetType.parse(type).orElseThrow());
    }

    @Test
    void experiment() {
        TablePlan t = TablePlan.simple(
                "t",
                KeyPlan.primaryKey("id"),
                List.of(
                        ColumnPlan.plain("id", TargetType.of(Kind.BIGINT)).notNull(),
                        column("n", "numeric"),
                        column("d", "date"),
                        column("ts", "timestamp"),
                        column("tz", "timestamptz"),
                        column("ti", "time"),
                        column("b", "bytea"),
                        column("f", "real"),
                        column("g", "double precision"),
                        column("o", "boolean"),
                        column("u", "uuid"),
                        column("j", "jsonb"),
                        column("x", "text")));
        try (ReverseSides sides = new ReverseSides(
                        folder, List.of("CREATE TABLE t(id INTEGER PRIMARY KEY, n, d, ts, tz, ti, b, f, g, o, u, j, x)"), t)
                .fenced()) {
            sides.target("INSERT INTO t(id) VALUES (0)");
            try (ReverseCapture capture = ReverseCapture.start(sides.plan, 0, r -> {})) {
                sides.target("INSERT INTO t VALUES (1, 1.500, '0044-03-15 BC', 'infinity', '-infinity', '24:00', '\\x00ff', 1.1,"
                        + " 1e300, true, '00000000-0000-0000-0000-000000000001', '{\"a\": 1}', repeat('y', 10))");
                sides.target("INSERT INTO t VALUES (2, 'NaN', 'infinity', '294276-12-31 23:59:59.999999', '0001-01-01 00:00:00+00 BC', '00:00:00.000001', '', 'NaN',"
                        + " '-infinity', false, null, 'null', null), (3, 1e-20, '5874897-12-31', '2024-01-01', '2024-01-01 12:00:00.5+02', '10:00', null, 0, -0.0, null, null, null, null)");
                sides.target("UPDATE t SET x = (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 2000) i) WHERE id = 1");
                sides.target("UPDATE t SET n = 2 WHERE id = 1");
                sides.target("UPDATE t SET id = 10 WHERE id = 1");
                sides.target("DELETE FROM t WHERE id = 2");
                sides.target("SELECT pg_logical_emit_message(true, 'liteferry', 'token-1')");
                sides.target("TRUNCATE t");
                sides.target("SELECT pg_logical_emit_message(true, 'liteferry', 'token-2')");
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                    if (capture.failure() != null) { throw new IllegalStateException(capture.failure()); }
                    return sides.records().stream().anyMatch(r -> r.mark().equals("token-2"));
                });
            }
            for (ReverseRecord r : sides.records()) {
                String s = new String(Json.bytes(r), StandardCharsets.UTF_8);
                System.err.println(s.substring(0, Math.min(700, s.length())));
            }
            System.err.println(sides.target("SELECT confirmed_flush_lsn, confirmed_flush_lsn - '0/0' from pg_replication_slots"));
            assertThat(sides.records()).isNotEmpty();
        }
    }
}
