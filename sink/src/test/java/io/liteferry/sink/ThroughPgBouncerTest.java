package io.liteferry.sink;

import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.ColumnChange.Kind;
import io.liteferry.core.change.Operation;
import io.liteferry.core.change.Position;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.IndexPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.row.SqliteValue;
import io.liteferry.embedded.PgBouncer;
import io.liteferry.sink.schema.TargetInstaller;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything the sink does, with each transaction in another session than the one before. */
class ThroughPgBouncerTest {
    private static final ColumnChange ADDED = new ColumnChange(Kind.ADD, "n", null, "n", "bigint", "plain", false, "7");

    @TempDir
    static Path folder = Path.of("");

    private static Optional<PgBouncer> bouncer = Optional.empty();

    @BeforeAll
    static void startIt() throws IOException {
        assumeTrue(PgBouncer.isInstalled(), "pgbouncer is not installed: apt-get install pgbouncer, then run again");
        bouncer = Optional.of(PgBouncer.start(folder));
    }

    @AfterAll
    static void stopIt() {
        bouncer.ifPresent(PgBouncer::close);
    }

    private static String through(String url) {
        return bouncer.orElseThrow().before(url);
    }

    @Test
    void theWholeStreamGoesThrough() {
        IndexPlan unique = new IndexPlan("users_name", true, true, List.of("\"name\""), Optional.empty());
        try (Migration m =
                new Migration(Map.of(Options.BATCH_MEMORY_BYTES, "8192"), Migration.users(List.of(unique))).install()) {
            m.execute("CREATE TABLE sessions (pid int); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN INSERT INTO sessions VALUES (pg_backend_pid()); RETURN NEW; END $$;"
                    + " CREATE TRIGGER note AFTER UPDATE ON liteferry.applied FOR EACH ROW EXECUTE FUNCTION note()");
            m.stream.inSnapshot();
            for (int k = 0; k < 500; k++) {
                m.stream.row("users", Operation.SNAPSHOT, i(k), t("name " + k));
            }
            m.stream.end(1);
            m.stream.streaming().end(2);
            SinkService sink = m.start(Map.of(Options.CONNECTION_URL, through(m.url())));
            m.awaitApplied(2);
            for (int n = 3; n < 40; n++) { // more often than the driver waits before it names a statement
                m.stream.row("users", Operation.UPDATE, i(n), t("again " + n)).delete("users", i(n + 100));
                m.stream.end(n);
                m.awaitApplied(n);
            }
            // Spooled, with a value for the quarantine; then a constraint in the way, and another column.
            for (int k = 1_000; k < 1_500; k++) {
                m.stream.row("users", Operation.CREATE, i(k), t("name " + k));
            }
            m.stream.row("users", Operation.CREATE, i(2_000), new SqliteValue.Text(new byte[] {'a', 0}));
            m.stream.end(40);
            m.awaitApplied(40);
            m.stream.row("users", Operation.UPDATE, i(1), t("name 2")).end(41);
            m.awaitApplied(41);
            m.stream
                    .row("users", Operation.UPDATE, i(1), t("name 1"))
                    .evolve("users", ADDED)
                    .end(42);
            m.awaitApplied(42);
            m.stream.row("users", Operation.CREATE, i(3_000), t("last"), i(9)).end(43);
            m.awaitApplied(43);
            Migration.await(() -> m.rows("SELECT count(*) FROM pg_constraint WHERE conname = 'users_name'")
                    .equals(List.of("1")));
            assertThat(m.rows("SELECT count(*), count(DISTINCT name), sum(n) FROM users"))
                    .containsExactly("964|964|" + (963 * 7 + 9));
            assertThat(m.rows("SELECT key_text, sqlstate FROM liteferry.quarantine"))
                    .containsExactly("2000|22021");
            assertThat(m.rows("SELECT count(DISTINCT pid) > 2 FROM sessions")).containsExactly("t");
            assertThat(sink.failure()).isNull();
        }
    }

    @Test
    void applyAndTheSwitchAreRefusedThere() {
        try (Migration m = new Migration(Migration.USERS)) {
            Plan pooled = m.plan.withOptions(m.plan.options().with(Options.CONNECTION_URL, through(m.url())));
            assertThatThrownBy(() -> new TargetInstaller(pooled).install())
                    .hasMessageContainingAll("LF-408", "LITEFERRY_CONNECTION_URL")
                    .hasMessageNotContaining("password=");
            m.install();
            PgConnections connections = PgConnections.of(pooled.options());
            Position nowhere = new Position("", 0, 0, 0);
            assertThatThrownBy(() -> TargetSwitch.begin(m.plan, connections, nowhere, Map.of(), Duration.ofSeconds(5)))
                    .hasMessageContaining("LF-408");
            assertThatThrownBy(() -> TargetSwitch.prepare(m.plan, connections)).hasMessageContaining("LF-408");
        }
    }
}
