package io.liteferry.sink;

import static io.liteferry.sink.Migration.await;
import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Operation;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.TablePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's SQL files of after the load. */
class HooksAfterTheLoadTest {
    private static final String FILES =
            "SELECT file, run_at IS NOT NULL, reason IS NOT NULL FROM liteferry.after_load ORDER BY file";

    private static final TablePlan UNIQUE_NAMES =
            Migration.users(List.of(new IndexPlan("users_name", true, true, List.of("\"name\""), Optional.empty())));

    @TempDir
    Path folder;

    private String file(String name, String sql) throws IOException {
        return Files.writeString(folder.resolve(name), sql).toString();
    }

    private static Migration of(String files) {
        return new Migration(Map.of(Options.HOOKS_SQL_AFTER_LOAD, files), UNIQUE_NAMES).install();
    }

    @Test
    void areRunInOrderOnceAndOnlyWhenAllStands() throws Exception {
        String count = "CREATE TABLE runs (n int); CREATE VIEW names AS SELECT name FROM users;"
                + " INSERT INTO runs SELECT count(*) FROM pg_constraint WHERE conname = 'users_name'";
        try (Migration m = of(file("1.sql", count) + ", " + file("2.sql", "INSERT INTO runs VALUES (2)"))) {
            m.start();
            m.stream
                    .inSnapshot()
                    .row("users", Operation.SNAPSHOT, i(1), t("ann"))
                    .end(1);
            m.stream.row("users", Operation.SNAPSHOT, i(2), t("ann"));
            m.stream.streaming().end(2);
            await(() ->
                    m.rows("SELECT name FROM liteferry.suspended_constraint").equals(List.of("users_name")));
            assertThat(m.rows(FILES)).containsExactly("1.sql|f|f", "2.sql|f|f");
            m.stream.row("users", Operation.UPDATE, i(2), t("bob")).end(3);
            await(() -> m.rows(FILES).equals(List.of("1.sql|t|f", "2.sql|t|f")));
            assertThat(m.rows("SELECT n FROM runs ORDER BY n")).containsExactly("1", "2");
            m.stop();
            m.start();
            m.stream.row("users", Operation.UPDATE, i(2), t("cid")).end(4);
            m.awaitApplied(4);
            await(() -> m.rows("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'liteferry-build-%'"
                            + " AND datname = current_database()")
                    .equals(List.of("0")));
            assertThat(m.rows("SELECT n FROM runs ORDER BY n")).containsExactly("1", "2");
        }
    }

    @Test
    void oneThatFailsLeavesNothingHoldsUpThoseAfterItAndIsTriedAgainAtTheNextStart() throws Exception {
        String bad = file("1.sql", "CREATE TABLE runs (n int);\nINSERT INTO nowhere VALUES (1)");
        try (Migration m = of(bad + "," + file("2.sql", "CREATE TABLE second (n int)"))) {
            SinkService sink = m.start();
            m.stream.row("users", Operation.CREATE, i(1), t("ann")).end(1);
            await(() -> m.rows(FILES).equals(List.of("1.sql|f|t", "2.sql|f|f")));
            assertThat(m.rows("SELECT reason FROM liteferry.after_load WHERE file = '1.sql'")
                            .get(0))
                    .startsWith("LF-402")
                    .contains("1.sql, line 2");
            assertThat(m.rows("SELECT to_regclass('runs'), to_regclass('second')"))
                    .containsExactly("null|null");
            m.stream.row("users", Operation.CREATE, i(2), t("bob")).end(2);
            m.awaitApplied(2);
            assertThat(sink.failure()).isNull();
            m.stop();
            m.execute("CREATE TABLE nowhere (n int)");
            m.start();
            await(() -> m.rows(FILES).equals(List.of("1.sql|t|f", "2.sql|t|f")));
        }
    }
}
