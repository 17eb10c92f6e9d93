package io.liteferry.sink;

import static io.liteferry.sink.Migration.i;
import static io.liteferry.sink.Migration.t;
import static org.assertj.core.api.Assertions.assertThat;

import io.liteferry.core.change.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sink that the system stops for a while (SIGSTOP, a sleeping machine) and that wakes up beside its successor. */
class FrozenSinkTest {
    /** PostgreSQL ends a transaction that has been idle for 60 s. */
    private static final Duration IDLE_AT_MOST = Duration.ofMinutes(3);

    @TempDir
    Path folder = Path.of("");

    @Test
    void aFrozenSinkThatWakesUpWritesNothing() throws IOException, InterruptedException {
        try (Migration m = withHistory();
                SinkProcess frozen = SinkProcess.start(m.plan, folder)) {
            m.stream.row("users", Operation.CREATE, i(1), t("one")).end(1);
            m.awaitApplied(1);
            frozen.freeze();
            m.stream.row("users", Operation.UPDATE, i(1), t("two")).end(2);
            m.stream.row("users", Operation.UPDATE, i(1), t("three")).end(3);
            SinkService successor = m.start();
            m.awaitApplied(3);
            demandFenced(m, frozen, successor);
        }
    }

    @Test
    @Tag("long")
    void aSinkThatFreezesInsideATransactionHoldsUpItsSuccessorOnlySoLong() throws IOException, InterruptedException {
        try (Migration m = withHistory();
                SinkProcess frozen = SinkProcess.start(m.plan, folder)) {
            m.stream.row("users", Operation.CREATE, i(1), t("one")).end(1);
            m.awaitApplied(1);
            m.execute("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN PERFORM pg_sleep(3); RETURN NEW; END $$;"
                    + " CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON users FOR EACH ROW"
                    + " WHEN (NEW.name = 'two') EXECUTE FUNCTION slow()");
            m.stream.row("users", Operation.UPDATE, i(1), t("two")).end(2);
            Migration.await(() -> m.rows("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                            + " AND datname = current_database()")
                    .equals(List.of("t")));
            frozen.freeze();
            m.stream.row("users", Operation.UPDATE, i(1), t("three")).end(3);
            SinkService successor = m.start();
            Awaitility.await()
                    .atMost(IDLE_AT_MOST)
                    .until(() -> m.rows("SELECT seq FROM liteferry.applied").equals(List.of("3")));
            demandFenced(m, frozen, successor);
        }
    }

    private Migration withHistory() {
        Migration m = new Migration(Migration.USERS).install();
        m.execute("CREATE TABLE history (n serial, seq bigint); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql"
                + " AS $$ BEGIN INSERT INTO history(seq) VALUES (NEW.seq); RETURN NEW; END $$;"
                + " CREATE TRIGGER note AFTER UPDATE ON liteferry.applied FOR EACH ROW EXECUTE FUNCTION note()");
        return m;
    }

    private static void demandFenced(Migration m, SinkProcess frozen, SinkService successor)
            throws IOException, InterruptedException {
        frozen.wakeUp();
        m.stream.row("users", Operation.UPDATE, i(1), t("four")).end(4);
        assertThat(frozen.awaitEnd()).contains("LF-405");
        m.awaitApplied(4);
        assertThat(successor.failure()).isNull();
        assertThat(m.rows("SELECT id, name FROM users")).containsExactly("1|four");
        assertThat(m.rows("SELECT seq FROM history ORDER BY n").stream()
                        .map(Long::valueOf)
                        .toList())
                .isSorted();
    }
}
