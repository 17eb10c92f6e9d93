package io.liteferry.capture.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.liteferry.capture.SourceFixture;
import io.liteferry.capture.install.SourceInstaller;
import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.change.BatchEnd;
import io.liteferry.core.change.TableProgress;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.sqlite.SqliteFile;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests that read a source of their own into a replica. */
abstract class BatchReading {
    @TempDir
    Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    SourceFixture source;

    @SuppressWarnings("NullAway.Init")
    Plan plan;

    @SuppressWarnings("NullAway.Init")
    Replica replica;

    @BeforeEach
    void open() throws Exception {
        source = new SourceFixture(folder.resolve("app.db"));
    }

    @AfterEach
    void close() throws Exception {
        source.close();
    }

    BatchReader install() {
        plan = source.plan("m");
        new SourceInstaller(plan).install();
        replica = new Replica(plan);
        return start(Optional.empty());
    }

    BatchReader start(Optional<AppliedPosition> applied) {
        return new BatchReader(plan, Clock.systemUTC(), StartPoint.claim(new SqliteFile(source.path()), plan, applied));
    }

    BatchEnd end() {
        return Objects.requireNonNull(replica.last());
    }

    TableProgress progress(String table) {
        return Objects.requireNonNull(end().tables().get(table));
    }

    static void numbers(SourceFixture source, String insert, int count) throws Exception {
        source.sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count + ") " + insert);
    }

    static AppliedPosition applied(BatchEnd end) {
        return new AppliedPosition(end.position(), end.batch(), end.schemaVersion(), end.tables(), end.consistent());
    }

    void breaks(BatchReader reader, ErrorCode code) {
        assertThatThrownBy(() -> CaptureFuzzTest.drain(reader, replica))
                .isInstanceOfSatisfying(
                        LiteferryException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("liteferry ");
    }
}
